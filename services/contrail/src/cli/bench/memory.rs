//! The memory of this process, and of others, as the kernel counts it.
//!
//! Source: proc_pid_status(5), proc_pid_clear_refs(5).

use anyhow::Context;

/// Megabytes (2²⁰ bytes) that are resident.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resident {
    /// Now.
    pub now: f64,
    /// At most, since [`forget_peak`].
    pub peak: f64,
}

/// Begins to count the peak anew.
///
/// # Errors
/// On systems other than Linux.
pub fn forget_peak() -> anyhow::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("can't reset the peak of memory, which Linux counts")
}

/// What is resident.
///
/// # Errors
/// On systems other than Linux.
pub fn resident() -> anyhow::Result<Resident> {
    let status =
        std::fs::read_to_string("/proc/self/status").context("can't read what memory Linux counts")?;
    of(&status).context("/proc/self/status tells no memory")
}

/// What is resident of another process.
///
/// # Errors
/// When it has ended; on systems other than Linux.
pub fn resident_of(process: u32) -> anyhow::Result<Resident> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.with_context(|| format!("can't read what memory process {process} has"))?;
    of(&status).with_context(|| format!("process {process} has no memory any more"))
}

fn of(status: &str) -> Option<Resident> {
    let megabytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kilobytes: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(f64::from(kilobytes) / 1024.0)
    };
    Some(Resident {
        now: megabytes("VmRSS:")?,
        peak: megabytes("VmHWM:")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_both() {
        let status = "Name:\tcontrail\nVmPeak:\t  999 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n";
        assert_eq!(
            of(status),
            Some(Resident {
                now: 100.0,
                peak: 200.0
            })
        );
        assert_eq!(of("Name:\tcontrail\n"), None);
    }

    #[test]
    fn a_peak_is_not_less_than_what_is_there() {
        forget_peak().unwrap();
        let block = vec![1_u8; 64 << 20];
        let before = resident().unwrap();
        assert!(block.iter().all(|byte| *byte == 1));
        drop(block);
        assert!(before.peak >= before.now && before.peak >= 64.0, "{before:?}");
        assert!(resident().unwrap().peak >= 64.0);
    }
}
