//! Words that say nothing about what a text is about.
//!
//! Question words are among them: in passages they are rare, so that BM25 would take them for the heart of a question.

/// English words without meaning of their own.
const ENGLISH: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did", "do", "does",
    "for", "from", "had", "has", "have", "he", "her", "his", "how", "i", "if", "in", "into", "is", "it",
    "its", "me", "my", "no", "not", "of", "on", "or", "our", "she", "should", "so", "such", "than", "that",
    "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "was", "we", "were",
    "what", "when", "where", "which", "who", "whom", "whose", "why", "will", "with", "would", "you", "your",
];

/// Chinese particles, pronouns and question words.
const CHINESE: &[&str] = &[
    "的",
    "了",
    "在",
    "是",
    "和",
    "与",
    "及",
    "或",
    "吗",
    "呢",
    "吧",
    "啊",
    "呀",
    "嘛",
    "么",
    "之",
    "其",
    "而",
    "但",
    "也",
    "都",
    "就",
    "还",
    "又",
    "很",
    "被",
    "把",
    "从",
    "向",
    "对",
    "于",
    "以",
    "为",
    "到",
    "有",
    "我",
    "你",
    "您",
    "他",
    "她",
    "它",
    "这",
    "那",
    "哪",
    "谁",
    "几",
    "请",
    "请问",
    "我们",
    "你们",
    "他们",
    "她们",
    "它们",
    "这个",
    "那个",
    "哪个",
    "哪些",
    "哪里",
    "哪儿",
    "什么",
    "怎么",
    "怎样",
    "怎么样",
    "如何",
    "多少",
    "为什么",
    "是否",
    "是不是",
    "有没有",
    "可以",
    "因为",
    "所以",
    "以及",
    "并且",
    "而且",
    "或者",
    "一个",
    "这些",
    "那些",
];

/// Chinese words that ask for a time, a number or a place: they are searched for, since an answer may hold them, but say nothing about
/// what a question is about.
const ASKING: &[&str] = &[
    "几点",
    "几时",
    "何时",
    "何处",
    "何地",
    "多久",
    "多长",
    "多大",
    "多高",
    "多远",
    "多重",
    "几号",
    "几楼",
    "几层",
    "几个",
    "哪间",
    "哪家",
    "哪位",
    "哪天",
    "时候",
    "什么时候",
];

pub(super) fn is_asking(word: &str) -> bool {
    ASKING.contains(&word)
}

pub(super) fn is_english(word: &str) -> bool {
    ENGLISH.binary_search(&word).is_ok()
}

pub(super) fn is_chinese(word: &str) -> bool {
    // Fewer than a hundred, of which most differ in their first byte.
    CHINESE.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_ones_are_sorted() {
        assert!(ENGLISH.is_sorted());
        assert!(is_english("the") && is_english("a") && is_english("your") && !is_english("gate"));
    }
}
