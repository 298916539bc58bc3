//! Markdown, and web pages by way of it.
//!
//! HTML goes through htmd, which parses as browsers do (html5ever) and keeps tables; what people don't see in a browser is
//! dropped before.

use std::borrow::Cow;

use encoding_rs::Encoding;
use htmd::HtmlToMarkdown;
use pulldown_cmark::{Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd};

use crate::document::draft::Draft;
use crate::rejected::Rejected;
use crate::text;

/// Elements without words for readers.
const UNSEEN: [&str; 12] = [
    "script", "style", "noscript", "template", "head", "svg", "canvas", "iframe", "object", "img", "nav",
    "form",
];
/// Bytes in which a page has to say its encoding (HTML Living Standard, 13.2.3.2).
const PRESCAN: usize = 1024;

/// The text of a web page: by its mark or as UTF-8, else in the encoding that it names, else as Chinese.
///
/// # Errors
/// [`Rejected`] when it is in none of them.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Rejected> {
    match named_encoding(bytes) {
        Some(encoding) if std::str::from_utf8(bytes).is_err() && Encoding::for_bom(bytes).is_none() => {
            Ok(encoding.decode_without_bom_handling(bytes).0)
        }
        _ => text::decode(bytes).map(|(text, _)| text),
    }
}

fn named_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes.get(..bytes.len().min(PRESCAN))?;
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let (_, rest) = start.split_once("charset=")?;
    let label = rest.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)));
    Encoding::for_label(label.get(..end.unwrap_or(label.len()))?.as_bytes())
}

/// Reads a web page.
pub(crate) fn read_html(html: &str, draft: &mut Draft<'_>) {
    if let Some(title) = title(html) {
        draft.title(&title);
    }
    let converter = HtmlToMarkdown::builder().skip_tags(UNSEEN.to_vec()).build();
    match converter.convert(html) {
        Ok(markdown) => read_body(&markdown, draft),
        Err(error) => draft.notice(format!("the page can't be read: {error}")),
    }
}

/// The title in the head of a page.
fn title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let raw = html.get(start..end)?;
    // Entities are the converter's business.
    htmd::convert(raw).ok().map(|title| unescaped(&title))
}

/// Reads Markdown: the first heading of level 1 is its title, unless its front matter says one.
pub(crate) fn read_markdown(text: &str, draft: &mut Draft<'_>) {
    read_body(text, draft);
}

fn read_body(markdown: &str, draft: &mut Draft<'_>) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reader = Reader {
        draft,
        text: String::new(),
        lists: Vec::new(),
        table: Rows::default(),
        metadata: false,
    };
    for event in Parser::new_ext(markdown, options) {
        reader.take(event);
    }
    reader.flush();
}

#[derive(Default)]
struct Rows {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    inside: bool,
}

struct Reader<'d, 'a> {
    draft: &'d mut Draft<'a>,
    text: String,
    /// The number of the next item, for each list that is open.
    lists: Vec<Option<u64>>,
    table: Rows,
    metadata: bool,
}

impl Reader<'_, '_> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::SoftBreak if ends_in_wide(&self.text) => {}
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            Event::TaskListMarker(done) => self.text.push_str(if done { "[x] " } else { "[ ] " }),
            Event::InlineHtml(html) if html.starts_with("<br") => self.text.push('\n'),
            Event::FootnoteReference(label) => self.text.push_str(&format!("[{label}]")),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::Rule
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::MetadataBlock(MetadataBlockKind::YamlStyle) => {
                self.flush();
                self.metadata = true;
            }
            Tag::Heading { .. } | Tag::Paragraph | Tag::CodeBlock(_) if self.lists.is_empty() => self.flush(),
            Tag::List(first) => {
                self.flush();
                self.lists.push(*first);
            }
            Tag::Item => {
                self.flush();
                let depth = self.lists.len();
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ if depth > 1 => "– ".to_owned(),
                    _ => "• ".to_owned(),
                };
                self.text.push_str(&marker);
            }
            Tag::FootnoteDefinition(label) => {
                self.flush();
                self.text.push_str(&format!("[{label}] "));
            }
            Tag::Table(_) => {
                self.flush();
                self.table = Rows {
                    inside: true,
                    ..Rows::default()
                };
            }
            Tag::TableHead | Tag::TableRow => self.table.row.clear(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::MetadataBlock(_) => {
                self.metadata = false;
                let matter = std::mem::take(&mut self.text);
                let title = matter.lines().find_map(|line| line.trim().strip_prefix("title:"));
                if let Some(title) = title {
                    self.draft.title(title.trim().trim_matches(['"', '\'']));
                }
            }
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.text);
                if level == HeadingLevel::H1 && !self.draft.has_title() {
                    self.draft.title(&text);
                }
                self.draft.heading(level as u8, &text, None);
            }
            TagEnd::Paragraph if self.lists.is_empty() => self.flush(),
            TagEnd::Paragraph => self.text.push('\n'),
            TagEnd::CodeBlock | TagEnd::Item | TagEnd::FootnoteDefinition => self.flush(),
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                self.table.row.push(cell);
            }
            TagEnd::TableHead => self.table.header = std::mem::take(&mut self.table.row),
            TagEnd::TableRow => {
                let row = std::mem::take(&mut self.table.row);
                self.table.rows.push(row);
            }
            TagEnd::Table => {
                let Rows { header, rows, .. } = std::mem::take(&mut self.table);
                let rows = rows.into_iter().map(|row| (row, None)).collect();
                self.draft.table(header, rows, None);
            }
            _ => {}
        }
    }

    fn flush(&mut self) {
        if self.table.inside || self.metadata {
            return;
        }
        let text = std::mem::take(&mut self.text);
        self.draft.text(&text, None);
    }
}

/// Whether a text ends in a letter that is set without blanks, as Chinese is.
fn ends_in_wide(text: &str) -> bool {
    text.chars().next_back().is_some_and(crate::passages::is_wide)
}

/// Markdown of a few words without its backslashes.
fn unescaped(markdown: &str) -> String {
    let mut text = String::new();
    let mut letters = markdown.chars().peekable();
    while let Some(letter) = letters.next() {
        let escapes = letter == '\\' && letters.peek().is_some_and(char::is_ascii_punctuation);
        if !escapes {
            text.push(letter);
        } else if let Some(next) = letters.next() {
            text.push(next);
        }
    }
    text
}
