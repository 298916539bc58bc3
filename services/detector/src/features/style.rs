//! How a text is written, whatever it is about: the lengths of its sentences, its signs, its small words.

use std::collections::HashSet;

use schemas::Language;

use crate::text::Normalized;
use crate::text::sentences::Span;
use crate::text::tokens::Token;

/// What is measured, in words: what much of it is called in English and in Chinese. Line breaks are left out, since they tell
/// how a text was collected more than who wrote it.
pub const STYLES: [(&str, &str); 25] = [
    ("long sentences on average", "平均句长"),
    ("sentences of uneven length", "句长参差"),
    ("very short sentences", "极短句"),
    ("very long sentences", "极长句"),
    ("a varied vocabulary", "用词多样"),
    ("words that occur once", "只出现一次的词"),
    ("commas", "逗号"),
    ("full stops", "句号"),
    ("question marks", "问号"),
    ("exclamation marks", "感叹号"),
    ("quotation marks", "引号"),
    ("colons and semicolons", "冒号和分号"),
    ("parentheses", "括号"),
    ("dashes", "破折号"),
    ("dots in a row", "省略号"),
    ("numbers", "数字"),
    ("capital letters or foreign words", "大写或外文"),
    ("connectives such as \"moreover\"", "“此外”一类的连接词"),
    ("first person", "第一人称"),
    ("second person", "第二人称"),
    ("contractions or particles of speech", "语气词或缩略"),
    ("sentences that begin alike", "句首重复"),
    ("many different signs", "标点种类多"),
    ("repeated characters", "叠字叠符"),
    ("long words or set phrases", "长词或套语"),
];

/// How much there is of each of [`STYLES`]; shares and averages, so that the length of the text does not matter much.
pub type Style = [f32; STYLES.len()];

/// Measures the style of a text.
#[must_use]
pub fn style(language: Language, text: &Normalized, tokens: &[Token], sentences: &[Span]) -> Style {
    let total = tokens.len().max(1) as f32;
    let (mean, spread, short, long) = lengths(language, tokens, sentences);
    let (variety, once) = vocabulary(tokens);
    let mut signs = Signs::default();
    let mut kinds = HashSet::new();
    let mut before = [' '; 2];
    for c in &text.chars {
        signs.add(*c, before);
        if !c.is_alphanumeric() && !c.is_whitespace() {
            kinds.insert(*c);
        }
        before = [*c, before[0]];
    }
    let lower: String = text.chars.iter().map(char::to_ascii_lowercase).collect();
    let words = Words::of(language);
    let share = |words: &[&str]| occurrences(language, &lower, words) / total;
    let wide = match language {
        Language::Zh => share(SET_PHRASES_ZH),
        Language::En => {
            let long = tokens.iter().filter(|token| token.end - token.start > 8).count();
            long as f32 / total
        }
    };
    [
        mean,
        spread,
        short,
        long,
        variety,
        once,
        signs.commas / total,
        signs.stops / total,
        signs.questions / total,
        signs.exclamations / total,
        signs.quotes / total,
        signs.colons / total,
        signs.parentheses / total,
        signs.dashes / total,
        signs.dots / total,
        signs.digits / total,
        signs.capitals / total,
        share(words.connectives),
        share(words.first),
        share(words.second),
        share(words.spoken),
        alike(tokens, sentences),
        kinds.len() as f32 / total.sqrt(),
        signs.repeated / total,
        wide,
    ]
}

#[derive(Default)]
struct Signs {
    commas: f32,
    stops: f32,
    questions: f32,
    exclamations: f32,
    quotes: f32,
    colons: f32,
    parentheses: f32,
    dashes: f32,
    dots: f32,
    digits: f32,
    capitals: f32,
    repeated: f32,
}

impl Signs {
    fn add(&mut self, c: char, before: [char; 2]) {
        let counter = match c {
            ',' | '、' => &mut self.commas,
            '.' if before[0] == '.' => &mut self.dots,
            '…' => &mut self.dots,
            '.' | '。' => &mut self.stops,
            '?' => &mut self.questions,
            '!' => &mut self.exclamations,
            '"' | '《' => &mut self.quotes,
            ':' | ';' => &mut self.colons,
            '(' | '[' | '【' => &mut self.parentheses,
            '-' => &mut self.dashes,
            c if c.is_numeric() => &mut self.digits,
            c if c.is_uppercase() => &mut self.capitals,
            _ => return self.repeat(c, before),
        };
        *counter += 1.0;
        self.repeat(c, before);
    }

    fn repeat(&mut self, c: char, before: [char; 2]) {
        if before == [c, c] && !c.is_numeric() {
            self.repeated += 1.0;
        }
    }
}

/// Mean of the logarithms of sentence lengths in tokens, their standard deviation, and the shares of very short and very
/// long ones.
fn lengths(language: Language, tokens: &[Token], sentences: &[Span]) -> (f32, f32, f32, f32) {
    let (short, long) = match language {
        Language::Zh => (8, 60),
        Language::En => (6, 35),
    };
    let mut rest = tokens.iter().peekable();
    let (mut count, mut sum, mut squares, mut shorter, mut longer) = (0.0f32, 0.0f32, 0.0f32, 0.0f32, 0.0f32);
    for sentence in sentences {
        let mut length = 0u32;
        while rest.next_if(|token| token.start < sentence.end).is_some() {
            length += 1;
        }
        if length == 0 {
            continue;
        }
        let log = (length as f32).ln();
        count += 1.0;
        sum += log;
        squares += log * log;
        shorter += f32::from(u8::from(length < short));
        longer += f32::from(u8::from(length > long));
    }
    let count = count.max(1.0);
    let mean = sum / count;
    (
        mean,
        (squares / count - mean * mean).max(0.0).sqrt(),
        shorter / count,
        longer / count,
    )
}

/// Tokens of a stretch in which the vocabulary is measured: the share of different words falls with length.
const STRETCH: usize = 60;

/// The mean share of different words, and of words that occur once, in stretches of the text.
fn vocabulary(tokens: &[Token]) -> (f32, f32) {
    let (mut different, mut once, mut stretches) = (0.0, 0.0, 0.0f32);
    for stretch in tokens.chunks(STRETCH) {
        if stretch.len() < STRETCH && stretches > 0.0 {
            break;
        }
        let mut words: Vec<u64> = stretch.iter().map(|token| token.word).collect();
        words.sort_unstable();
        let length = words.len() as f32;
        // A shorter stretch repeats less; the square root keeps both comparable.
        let scale = (length / STRETCH as f32).sqrt();
        let runs = words.chunk_by(|a, b| a == b);
        let (kinds, single) = runs.fold((0.0, 0.0), |(kinds, single), run| {
            (kinds + 1.0, single + if run.len() == 1 { 1.0 } else { 0.0f32 })
        });
        different += kinds / length * scale;
        once += single / length * scale;
        stretches += 1.0;
    }
    let stretches = stretches.max(1.0);
    (different / stretches, once / stretches)
}

/// Share of sentences whose first token began an earlier one too.
fn alike(tokens: &[Token], sentences: &[Span]) -> f32 {
    let mut seen = HashSet::new();
    let mut rest = tokens.iter().peekable();
    let (mut same, mut count) = (0.0f32, 0.0f32);
    for sentence in sentences {
        let Some(first) = rest.next_if(|token| token.start < sentence.end) else {
            continue;
        };
        while rest.next_if(|token| token.start < sentence.end).is_some() {}
        count += 1.0;
        if !seen.insert(first.word) {
            same += 1.0;
        }
    }
    // A text of many sentences repeats more of their starts.
    same / count.max(1.0) / count.max(1.0).ln_1p()
}

struct Words {
    connectives: &'static [&'static str],
    first: &'static [&'static str],
    second: &'static [&'static str],
    spoken: &'static [&'static str],
}

impl Words {
    fn of(language: Language) -> &'static Self {
        match language {
            Language::Zh => &ZH,
            Language::En => &EN,
        }
    }
}

const ZH: Words = Words {
    connectives: &[
        "首先",
        "其次",
        "此外",
        "另外",
        "同时",
        "因此",
        "总之",
        "总的来说",
        "综上",
        "然而",
        "不仅",
        "而且",
        "从而",
        "通过",
        "最后",
        "例如",
        "需要注意",
        "值得注意",
        "与此同时",
        "总体",
    ],
    first: &["我", "咱", "俺", "本人"],
    second: &["你", "您"],
    spoken: &[
        "吧", "呢", "啊", "嘛", "哦", "哈", "啦", "呀", "嗯", "哎", "呗", "咯", "吗",
    ],
};

const SET_PHRASES_ZH: &[&str] = &[
    "具有", "重要", "可以", "可能", "建议", "帮助", "确保", "以及", "提供", "使用", "方面", "情况", "影响",
    "提高", "深刻", "展现", "充满", "旨在", "促进", "有效",
];

const EN: Words = Words {
    connectives: &[
        "however",
        "moreover",
        "furthermore",
        "additionally",
        "therefore",
        "overall",
        "ultimately",
        "consequently",
        "thus",
        "meanwhile",
        "firstly",
        "secondly",
        "finally",
        "specifically",
        "notably",
        "despite",
        "while",
        "in conclusion",
        "as well as",
        "such as",
    ],
    first: &["i", "me", "my", "we", "our", "us", "mine", "myself"],
    second: &["you", "your", "yours", "yourself"],
    spoken: &[
        "s", "t", "re", "ve", "ll", "d", "m", "yeah", "okay", "ok", "oh", "well", "really", "just",
    ],
};

/// How often any of the words occurs.
fn occurrences(language: Language, lower: &str, words: &[&str]) -> f32 {
    let count: usize = match language {
        Language::Zh => words.iter().map(|word| lower.matches(word).count()).sum(),
        Language::En => {
            let single = lower
                .split(|c: char| !c.is_alphabetic())
                .filter(|word| words.contains(word))
                .count();
            let several = words.iter().filter(|word| word.contains(' '));
            single + several.map(|words| lower.matches(words).count()).sum::<usize>()
        }
    };
    count as f32
}

#[cfg(test)]
mod tests {
    use crate::features::measure;
    use crate::text::normalize;

    use super::*;

    fn of(language: Language, text: &str, name: &str) -> f32 {
        let place = STYLES.iter().position(|(english, _)| *english == name).unwrap();
        measure(language, &normalize(text)).style[place]
    }

    #[test]
    fn style_is_what_its_name_says() {
        let more = |language, name, much: &str, little: &str| {
            let (much, little) = (of(language, much, name), of(language, little, name));
            assert!(much > little, "{name}: {much} is not more than {little}");
        };
        more(
            Language::En,
            "sentences of uneven length",
            "No. It was a very long and tiring day for us all.",
            "It was. It was.",
        );
        more(Language::En, "question marks", "Why? Who?", "Because. Nobody.");
        more(Language::En, "first person", "I saw my dog.", "He saw his dog.");
        more(
            Language::Zh,
            "contractions or particles of speech",
            "好吧，走啦！",
            "好的，走了。",
        );
        more(Language::Zh, "repeated characters", "哈哈哈哈好", "哈好");
        more(
            Language::Zh,
            "connectives such as \"moreover\"",
            "首先吃饭，其次睡觉。",
            "先吃饭，再睡觉。",
        );
        more(
            Language::En,
            "a varied vocabulary",
            "one two three four",
            "one one one one",
        );
    }

    #[test]
    fn nothing_has_a_style_of_finite_numbers() {
        for text in ["", "。", "a"] {
            for language in [Language::Zh, Language::En] {
                assert!(
                    measure(language, &normalize(text))
                        .style
                        .iter()
                        .all(|value| value.is_finite())
                );
            }
        }
    }
}
