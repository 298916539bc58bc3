//! A judgement as Markdown. It speaks of the text, never of who wrote it.

use std::fmt::Write;

use schemas::judgement::{LengthUnit, TamperingKind, Unjudged, Verdict};
use schemas::{Judgement, Language};

use super::markdown::escaped;

/// Sentences that are named.
const SENTENCES: usize = 3;

/// The judgement of a text, in a language.
pub fn judgement(judgement: &Judgement, text: &str, language: Language) -> String {
    let zh = language == Language::Zh;
    let mut out = format!("**{}**", headline(judgement, zh));
    if let (Some(probability), Some(interval)) = (judgement.probability, judgement.interval) {
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let (p, low, high) = (
            percent(probability),
            percent(interval.low),
            percent(interval.high),
        );
        let _ = if zh {
            write!(
                out,
                "\n\n机器生成的概率：**{p}**（不同来源校准为 {low} 至 {high}；先验 {}）",
                judgement.prior
            )
        } else {
            let prior = judgement.prior;
            write!(
                out,
                "\n\nProbability that a machine wrote it: **{p}** ({low} to {high} by source; prior {prior})"
            )
        };
    }
    if let Some(p) = judgement.p_value {
        let _ = if zh {
            write!(out, "\n\np 值 {p:.3}：人写的文本中，至少同样像机器生成的比例")
        } else {
            write!(
                out,
                "\n\np-value {p:.3}: the share of texts by people that look at least as machine-made"
            )
        };
    }
    let (count, unit) = (judgement.length.count, unit(judgement.length.unit, zh));
    let _ = if zh {
        write!(out, "\n\n长度：{count} {unit}")
    } else {
        write!(out, "\n\nLength: {count} {unit}")
    };
    if judgement.out_of_distribution {
        out.push_str(if zh {
            "\n\n注意：该文本与拟合所用的文本差别很大，概率意义有限。"
        } else {
            "\n\nNote: unlike all that the statistics were fitted to, so that the odds mean little."
        });
    }
    for tampering in &judgement.tampering {
        let what = hidden(tampering.kind, zh);
        let _ = write!(out, "\n\n{what}: {}", tampering.count);
    }
    sentences(&mut out, judgement, text, zh);
    out.push_str(if zh {
        "\n\n*这是对文本的统计判断，不是对作者的结论。*"
    } else {
        "\n\n*Odds of the text by statistics, and no verdict on a person.*"
    });
    out
}

/// The sentences that point most to a machine.
fn sentences(out: &mut String, judgement: &Judgement, text: &str, zh: bool) {
    let mut scored: Vec<_> = judgement
        .sentences
        .iter()
        .filter(|s| s.contribution > 0.0)
        .collect();
    scored.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    if scored.is_empty() {
        return;
    }
    out.push_str(if zh {
        "\n\n影响最大的句子：\n"
    } else {
        "\n\nSentences that weigh most:\n"
    });
    for sentence in scored.into_iter().take(SENTENCES) {
        let range = usize::try_from(sentence.start).unwrap_or(0)..usize::try_from(sentence.end).unwrap_or(0);
        let words = text.get(range).unwrap_or_default().trim();
        let _ = write!(out, "\n- {:+.2}: {}", sentence.contribution, escaped(words));
    }
}

fn headline(judgement: &Judgement, zh: bool) -> &'static str {
    let verdicts = judgement.verdicts;
    match (verdicts.at_1_percent, verdicts.at_5_percent, zh) {
        (Verdict::AiLikely, _, false) => "A machine likely wrote this: few texts by people look like it.",
        (Verdict::AiLikely, _, true) => "很可能由机器生成：人写的文本很少如此。",
        (_, Verdict::AiLikely, false) => {
            "Some signs of a machine: about one text by people in twenty looks like this."
        }
        (_, Verdict::AiLikely, true) => "有一些机器生成的迹象：人写的文本约二十分之一也如此。",
        (Verdict::Inconclusive, _, false) => "It can't be told who wrote this.",
        (Verdict::Inconclusive, _, true) => "无法判断。",
        (Verdict::NoEvidence, _, false) => {
            "Nothing points to a machine, which does not show that there was none."
        }
        (Verdict::NoEvidence, _, true) => "没有发现机器生成的迹象，但这并不能证明没有使用机器。",
        (Verdict::TooShort, _, false) => "Too short to say anything.",
        (Verdict::TooShort, _, true) => "文本太短，无法判断。",
        (Verdict::Unsupported, _, _) => unjudged(judgement.unjudged, zh),
    }
}

fn unjudged(why: Option<Unjudged>, zh: bool) -> &'static str {
    match (why, zh) {
        (Some(Unjudged::Empty), false) => "Not judged: there is nothing in it.",
        (Some(Unjudged::Empty), true) => "未判断：文本为空。",
        (Some(Unjudged::TooShort), false) => "Not judged: too little prose.",
        (Some(Unjudged::TooShort), true) => "未判断：正文太短。",
        (Some(Unjudged::Binary), false) => "Not judged: it is no text.",
        (Some(Unjudged::Binary), true) => "未判断：不是文本。",
        (Some(Unjudged::NoWords), false) => "Not judged: it has no words.",
        (Some(Unjudged::NoWords), true) => "未判断：没有文字。",
        (Some(Unjudged::Code), false) => "Not judged: it is a program.",
        (Some(Unjudged::Code), true) => "未判断：是程序代码。",
        (Some(Unjudged::List), false) => "Not judged: it is a list or a table.",
        (Some(Unjudged::List), true) => "未判断：是列表或表格。",
        (Some(Unjudged::OtherLanguage), false) => "Not judged: it is neither Chinese nor English.",
        (Some(Unjudged::OtherLanguage), true) => "未判断：既不是中文也不是英文。",
        (Some(Unjudged::MixedLanguages), false) => "Not judged: no language is most of it.",
        (Some(Unjudged::MixedLanguages), true) => "未判断：多种语言混杂。",
        (Some(Unjudged::TooLarge), false) => "Not judged: it is too long.",
        (Some(Unjudged::TooLarge), true) => "未判断：文本过长。",
        (None, false) => "Not judged.",
        (None, true) => "未判断。",
    }
}

fn unit(unit: LengthUnit, zh: bool) -> &'static str {
    match (unit, zh) {
        (LengthUnit::Characters, false) => "Chinese characters",
        (LengthUnit::Characters, true) => "字",
        (LengthUnit::Words, false) => "words",
        (LengthUnit::Words, true) => "词",
    }
}

fn hidden(kind: TamperingKind, zh: bool) -> &'static str {
    match (kind, zh) {
        (TamperingKind::InvisibleCharacters, false) => "Invisible characters within words",
        (TamperingKind::InvisibleCharacters, true) => "词中的不可见字符",
        (TamperingKind::BidirectionalControls, false) => "Controls that reverse the order of characters",
        (TamperingKind::BidirectionalControls, true) => "改变字符方向的控制符",
        (TamperingKind::Lookalikes, false) => "Letters of another script that look the same",
        (TamperingKind::Lookalikes, true) => "形似的其他文字字母",
    }
}
