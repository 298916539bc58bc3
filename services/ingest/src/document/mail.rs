//! E-mails: their subject, who wrote to whom and when, their words, and what is attached.

use mail_parser::{Address, MessageParser, MimeHeaders, PartType};
use schemas::file::RejectionCode;

use crate::document::draft::{self, Draft};
use crate::document::{markup, plain};
use crate::rejected::Rejected;

/// Attachments that are named.
const NAMED: usize = 100;
/// Bytes of a text that is attached and read.
const ATTACHED: usize = 1 << 20;
/// Addresses of one line.
const ADDRESSES: usize = 20;

/// Reads an e-mail.
///
/// # Errors
/// [`Rejected`] when it has none of the headers of one.
pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Rejected> {
    let message = MessageParser::default().parse(bytes);
    let Some(message) = message.filter(|mail| mail.from().is_some() || mail.subject().is_some()) else {
        return Err(Rejected::new(
            RejectionCode::Corrupt,
            "the file has no sender and no subject; expected an e-mail as programs store it, beginning with its headers",
        ));
    };
    if let Some(subject) = message.subject() {
        draft.title(subject);
        draft.heading(1, subject, None);
    }
    let mut lines = Vec::new();
    for (name, address) in [
        ("From", message.from()),
        ("To", message.to()),
        ("Cc", message.cc()),
    ] {
        if let Some(address) = address {
            lines.push(format!("{name}: {}", listed(address)));
        }
    }
    if let Some(date) = message.date() {
        lines.push(format!("Date: {date}"));
    }
    draft.text(&lines.join("\n"), None);
    if message.text_body_count() > 0
        && message
            .text_bodies()
            .any(|part| !matches!(part.body, PartType::Html(_)))
    {
        for place in 0..message.text_body_count() {
            if let Some(text) = message.body_text(place) {
                plain::read(&text, draft);
            }
        }
    } else {
        for place in 0..message.html_body_count() {
            if let Some(html) = message.body_html(place) {
                markup::read_html(&html, draft);
            }
        }
    }
    attachments(&message, draft);
    Ok(())
}

fn attachments(message: &mail_parser::Message<'_>, draft: &mut Draft<'_>) {
    let mut names = Vec::new();
    let mut texts = Vec::new();
    for part in message.attachments() {
        let name = draft::cleaned(part.attachment_name().unwrap_or("(no name)"));
        match &part.body {
            PartType::Text(text) if text.len() <= ATTACHED => texts.push((name.clone(), text.to_string())),
            PartType::Text(_)
            | PartType::Html(_)
            | PartType::Binary(_)
            | PartType::InlineBinary(_)
            | PartType::Message(_)
            | PartType::Multipart(_) => {
                draft.notice(format!(
                    "the attachment {name:?} is not read: add it as a file of its own"
                ));
            }
        }
        names.push(name);
    }
    if names.is_empty() {
        return;
    }
    names.truncate(NAMED);
    draft.text(&format!("Attachments: {}", names.join(", ")), None);
    for (name, text) in texts {
        draft.heading(2, &name, None);
        plain::read(&text, draft);
    }
}

fn listed(address: &Address<'_>) -> String {
    let one = |addr: &mail_parser::Addr<'_>| match (addr.name(), addr.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    };
    address
        .iter()
        .take(ADDRESSES)
        .map(one)
        .collect::<Vec<_>>()
        .join(", ")
}
