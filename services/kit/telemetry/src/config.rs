//! Log format and filter, OTLP endpoint.

/// Telemetry settings of every process.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TelemetryConfig {
    /// How log lines look.
    #[arg(long, env = "CONTRAIL_LOG_FORMAT", value_enum, default_value_t)]
    pub log_format: LogFormat,

    /// Which log lines are written, for instance `info,bus=debug`.
    #[arg(long = "log", env = "RUST_LOG", default_value = "warn")]
    pub log_filter: String,

    /// OTLP/gRPC collector, for instance `http://127.0.0.1:4317`; none: traces are not exported.
    #[arg(long = "otlp-endpoint", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<String>,

    /// Which traces are sent: all, none, or a share of them. With `parentbased_` in front, whoever began a trace has decided,
    /// and this is for traces that begin here: so that a trace is sent as a whole or not at all.
    #[arg(
        long = "traces-sampler",
        env = "OTEL_TRACES_SAMPLER",
        value_enum,
        value_name = "SAMPLER",
        default_value_t
    )]
    pub traces_sampler: TracesSampler,

    /// The share of traces that `traceidratio` and `parentbased_traceidratio` send, from 0 to 1; by default all.
    #[arg(long = "traces-sampler-arg", env = "OTEL_TRACES_SAMPLER_ARG", value_name = "SHARE", value_parser = share)]
    pub traces_sampler_arg: Option<Share>,

    /// Whether finished spans are kept in memory ([`crate::kept`]). No setting: only who runs every service in one process has
    /// whole traces.
    #[arg(skip)]
    pub keep_spans: bool,
}

impl TelemetryConfig {
    /// The collector, if one is named; an empty setting names none.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.otlp_endpoint
            .as_deref()
            .filter(|endpoint| !endpoint.is_empty())
    }
}

/// Which traces are sent, by the names that the OpenTelemetry specification has for them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum TracesSampler {
    /// All.
    #[value(name = "always_on")]
    AlwaysOn,
    /// None. Answers have a trace id all the same.
    #[value(name = "always_off")]
    AlwaysOff,
    /// A share.
    #[value(name = "traceidratio")]
    TraceIdRatio,
    /// All that begin here.
    // An empty variable is an unset one, says the specification.
    #[default]
    #[value(name = "parentbased_always_on", alias = "")]
    ParentBasedAlwaysOn,
    /// None that begin here.
    #[value(name = "parentbased_always_off")]
    ParentBasedAlwaysOff,
    /// A share of those that begin here.
    #[value(name = "parentbased_traceidratio")]
    ParentBasedTraceIdRatio,
}

/// A share, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(f64);

impl Share {
    /// As a number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

fn share(text: &str) -> Result<Share, String> {
    match text.trim() {
        "" => Ok(Share(1.0)),
        text => match text.parse::<f64>() {
            Ok(share) if (0.0..=1.0).contains(&share) => Ok(Share(share)),
            Ok(_) | Err(_) => Err("expected a number from 0 to 1, for instance 0.1".to_owned()),
        },
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        telemetry: TelemetryConfig,
    }

    fn parse(line: &[&str]) -> Result<TelemetryConfig, clap::Error> {
        let line = std::iter::once("test").chain(line.iter().copied());
        Line::try_parse_from(line).map(|line| line.telemetry)
    }

    #[test]
    fn samplers_have_the_names_of_the_specification() {
        use TracesSampler as S;
        for (name, sampler) in [
            ("", S::ParentBasedAlwaysOn),
            ("always_on", S::AlwaysOn),
            ("always_off", S::AlwaysOff),
            ("traceidratio", S::TraceIdRatio),
            ("parentbased_always_on", S::ParentBasedAlwaysOn),
            ("parentbased_always_off", S::ParentBasedAlwaysOff),
            ("parentbased_traceidratio", S::ParentBasedTraceIdRatio),
        ] {
            let parsed = parse(&["--traces-sampler", name]).unwrap();
            assert_eq!(parsed.traces_sampler, sampler, "{name}");
        }
        let error = parse(&["--traces-sampler", "xray"]).unwrap_err().to_string();
        assert!(error.contains("parentbased_traceidratio"), "{error}");
    }

    #[test]
    fn a_share_is_a_number_from_0_to_1() {
        let share = |text: &str| {
            let parsed = parse(&["--traces-sampler-arg", text]);
            parsed.map(|config| config.traces_sampler_arg.map(Share::get))
        };
        assert_eq!(share("0.25").unwrap(), Some(0.25));
        assert_eq!(share("").unwrap(), Some(1.0));
        for wrong in ["1.5", "NaN", "-1", "a tenth"] {
            // As one word: what begins with a hyphen would be another option.
            let error = parse(&[&format!("--traces-sampler-arg={wrong}")]).unwrap_err();
            assert!(error.to_string().contains("from 0 to 1"), "{error}");
        }
        assert_eq!(parse(&[]).unwrap().traces_sampler_arg, None);
    }
}
