//! Any way out.

use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixDatagram, UnixStream};

use sandbox::{JobIo, SandboxError};

use super::EPERM;
use crate::call::{Outcome, answer, call, io, say};
use crate::case::{Case, Expect, Target};

const STREAM: usize = libc::SOCK_STREAM as usize;
const DATAGRAM: usize = libc::SOCK_DGRAM as usize;
const RAW: usize = libc::SOCK_RAW as usize;

fn socket(family: i32, kind: usize) -> Outcome {
    answer(call(libc::SYS_socket, [family.cast_unsigned() as usize, kind, 0]))
}

pub fn cases() -> Vec<Case> {
    let new = |name, attack, expect| Case::new("network", name, attack, expect);
    vec![
        new("inet", |_, _| socket(libc::AF_INET, STREAM), EPERM),
        new("inet-datagram", |_, _| socket(libc::AF_INET, DATAGRAM), EPERM),
        new("inet6", |_, _| socket(libc::AF_INET6, STREAM), EPERM),
        new("unix", |_, _| socket(libc::AF_UNIX, STREAM), EPERM),
        new("netlink", |_, _| socket(libc::AF_NETLINK, RAW), EPERM),
        new("vsock", |_, _| socket(libc::AF_VSOCK, STREAM), EPERM),
        new("packet", |_, _| socket(libc::AF_PACKET, RAW), EPERM),
        new(
            "crypto",
            |_, _| socket(libc::AF_ALG, libc::SOCK_SEQPACKET as usize),
            EPERM,
        ),
        new("raw", |_, _| socket(libc::AF_INET, RAW), EPERM),
        new(
            "metadata-service",
            |_, _| io(TcpStream::connect("169.254.169.254:80")),
            EPERM,
        ),
        new("loopback", |_, _| io(TcpStream::connect("127.0.0.1:4222")), EPERM),
        new("datagram", |_, _| io(UdpSocket::bind("0.0.0.0:0")), EPERM),
        new("abstract", abstract_socket, EPERM),
        new("dns", dns, Expect::Says(&["refused"])),
        new("pair-that-is-not-unix", not_unix, EPERM),
        new("pair-then-connect", pair_then_connect, EPERM),
        new(
            "descriptor-to-host",
            descriptor_to_host,
            violation(libc::SYS_sendmsg),
        ),
        new(
            "receive-on-another",
            receive_on_another,
            violation(libc::SYS_recvmsg),
        ),
        new("out-of-band", out_of_band, violation(libc::SYS_sendto)),
        new(
            "out-of-band-receive",
            out_of_band_receive,
            violation(libc::SYS_recvfrom),
        ),
        new(
            "many-messages",
            |_, _| answer(call(libc::SYS_sendmmsg, [0; 4])),
            violation(libc::SYS_sendmmsg),
        ),
        new("options", options, EPERM),
        new("back-to-host", back_to_host, Expect::Says(&["EPIPE"])),
        new(
            "receive-many",
            |_, _| answer(call(libc::SYS_recvmmsg, [0; 5])),
            Expect::Error(|error| matches!(error, SandboxError::PolicyViolation { call: Some(_) })),
        ),
    ]
}

const fn violation(number: i64) -> Expect {
    Expect::Violates(number)
}

fn abstract_socket(_: &mut JobIo, target: &Target) -> Outcome {
    use std::os::linux::net::SocketAddrExt;
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&target.mark).unwrap();
    io(UnixDatagram::bind_addr(&address))
}

fn dns(_: &mut JobIo, _: &Target) -> Outcome {
    say(match ("example.com", 80).to_socket_addrs() {
        Ok(addresses) => format!("{:?}", addresses.collect::<Vec<_>>()),
        Err(_) => "refused".to_owned(),
    })
}

fn not_unix(_: &mut JobIo, _: &Target) -> Outcome {
    let mut ends = [0i32; 2];
    answer(call(
        libc::SYS_socketpair,
        [libc::AF_INET as usize, STREAM, 0, ends.as_mut_ptr() as usize],
    ))
}

fn pair_then_connect(_: &mut JobIo, _: &Target) -> Outcome {
    let (one, _other) = UnixStream::pair().map_err(|error| error.to_string())?;
    let address = [0u8; 110];
    let descriptor = one.as_raw_fd().cast_unsigned() as usize;
    answer(call(
        libc::SYS_connect,
        [descriptor, address.as_ptr() as usize, 110],
    ))
}

fn descriptor_to_host(_: &mut JobIo, _: &Target) -> Outcome {
    let header = [0u64; 7];
    answer(call(libc::SYS_sendmsg, [0, header.as_ptr() as usize, 0]))
}

/// Descriptors come on descriptor 0 alone.
fn receive_on_another(_: &mut JobIo, _: &Target) -> Outcome {
    let (one, _other) = UnixStream::pair().map_err(|error| error.to_string())?;
    let header = [0u64; 7];
    answer(call(
        libc::SYS_recvmsg,
        [
            one.as_raw_fd().cast_unsigned() as usize,
            header.as_ptr() as usize,
            0,
        ],
    ))
}

/// A way into the kernel that sandboxes of browsers had open once.
fn out_of_band(_: &mut JobIo, _: &Target) -> Outcome {
    let (one, _other) = UnixStream::pair().map_err(|error| error.to_string())?;
    let byte = [1u8; 1];
    let flag = libc::MSG_OOB.cast_unsigned() as usize;
    answer(call(
        libc::SYS_sendto,
        [
            one.as_raw_fd().cast_unsigned() as usize,
            byte.as_ptr() as usize,
            1,
            flag,
            0,
            0,
        ],
    ))
}

fn out_of_band_receive(_: &mut JobIo, _: &Target) -> Outcome {
    let (one, _other) = UnixStream::pair().map_err(|error| error.to_string())?;
    let mut byte = [1u8; 1];
    let flag = libc::MSG_OOB.cast_unsigned() as usize;
    answer(call(
        libc::SYS_recvfrom,
        [
            one.as_raw_fd().cast_unsigned() as usize,
            byte.as_mut_ptr() as usize,
            1,
            flag,
            0,
            0,
        ],
    ))
}

fn options(_: &mut JobIo, _: &Target) -> Outcome {
    let value = [0u64; 4];
    answer(call(
        libc::SYS_setsockopt,
        [0, 1, 26, value.as_ptr() as usize, 16],
    ))
}

/// The socket that the job came on goes one way.
fn back_to_host(_: &mut JobIo, _: &Target) -> Outcome {
    let bytes = [7u8; 64];
    answer(call(libc::SYS_write, [0, bytes.as_ptr() as usize, 64]))
}
