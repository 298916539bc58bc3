//! Files that can't be read: what is wrong, where, and what was expected.

use ingest::Limits;
use rust_xlsxwriter::Workbook;
use schemas::file::RejectionCode::{self, *};

use crate::read;

fn check(name: &str, bytes: &[u8], code: RejectionCode, place: Option<&str>, words: &[&str]) {
    let rejected = read(name, bytes).unwrap_err();
    assert_eq!(
        (rejected.code, rejected.place.as_deref()),
        (code, place),
        "{name}: {}",
        rejected.message
    );
    for word in words {
        assert!(
            rejected.message.contains(word),
            "{name}: {:?} is not in {:?}",
            word,
            rejected.message
        );
    }
    assert!(
        rejected.message.contains("expected"),
        "{name}: what was expected? {:?}",
        rejected.message
    );
}

fn workbook(build: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    build(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

#[test]
fn text_files() {
    check("a.csv", b"", Empty, None, &["no bytes"]);
    check("a.csv", b"\n \n", Empty, None, &["blanks"]);
    check("a.csv", b",,\n,,\n", Empty, None, &["blank cells"]);
    check("a.key", b"{}", UnknownKind, None, &[".key", ".csv, .tsv, .xlsx"]);
    check("noextension", b"a\n1\n", UnknownKind, None, &["has no extension"]);
    check("a.csv", b"a,b\n", NoRows, Some("line 1, column 1"), &["line 1"]);
    check(
        "a.csv",
        "a,b\n合计,5\n".as_bytes(),
        NoRows,
        Some("line 1, column 1"),
        &[],
    );
    check(
        "a.csv",
        b"a,b,a\n1,2,3\n",
        DuplicateHeader,
        Some("line 1, column 3"),
        &["line 1, column 1", "\"a\""],
    );
    check(
        "a.csv",
        b"a,,c\n1,2,3\n",
        EmptyHeader,
        Some("line 1, column 2"),
        &["line 2, column 2", "\"2\""],
    );
    check(
        "a.csv",
        b"a,b\n1,2\n3,4,5\n",
        EmptyHeader,
        Some("line 1, column 3"),
        &["line 3, column 3"],
    );
    check(
        "a.csv",
        b"1,2\n3,4\n",
        EmptyHeader,
        Some("line 1, column 1"),
        &["values"],
    );
    check("a.csv", b"a,b\n1,\"2\n3,4\n", Corrupt, Some("line 2"), &["quote"]);
    check(
        "a.csv",
        b"a\n\xff\xff\n",
        UnknownEncoding,
        Some("line 2"),
        &["GB18030"],
    );
    check(
        "a.csv",
        b"a\nb\0c\n",
        UnknownEncoding,
        Some("line 2"),
        &["zero bytes"],
    );
    check("a.csv", b"%PDF-1.7 ...", WrongExtension, None, &["PDF", ".csv"]);
}

#[test]
fn workbooks() {
    let whole = workbook(|book| {
        let sheet = book.add_worksheet().set_name("销售").unwrap();
        sheet.write(0, 0, "a").unwrap();
        sheet.write(1, 0, 1).unwrap();
    });
    assert_eq!(read("a.xlsx", &whole).unwrap().len(), 1);
    for part in [whole.len() / 4, whole.len() / 2, whole.len() - 30] {
        check("a.xlsx", &whole[..part], Corrupt, None, &["broken off"]);
    }
    check(
        "a.csv",
        &whole,
        WrongExtension,
        None,
        &["named .csv", "Excel workbook"],
    );
    check(
        "a.xlsx",
        b"a,b\n1,2\n",
        WrongExtension,
        None,
        &["named .xlsx", "text"],
    );
    check("a.xlsx", b"", Empty, None, &["no bytes"]);

    let blank = workbook(|book| {
        book.add_worksheet();
    });
    check("a.xlsx", &blank, Empty, None, &["all sheets"]);

    let header_only = workbook(|book| {
        book.add_worksheet()
            .set_name("只有表头")
            .unwrap()
            .write(0, 1, "金额")
            .unwrap();
    });
    check(
        "a.xlsx",
        &header_only,
        NoRows,
        Some("只有表头!A1"),
        &["row 1", "只有表头"],
    );

    let duplicate = workbook(|book| {
        let sheet = book.add_worksheet().set_name("销售").unwrap();
        for (column, name) in [(0, "金额"), (1, "店铺"), (2, " 金额 ")] {
            sheet.write(0, column, name).unwrap();
            sheet.write(1, column, 1).unwrap();
        }
    });
    check(
        "a.xlsx",
        &duplicate,
        DuplicateHeader,
        Some("销售!C1"),
        &["销售!A1", "销售!C1", "金额"],
    );

    let nameless = workbook(|book| {
        let sheet = book.add_worksheet().set_name("销售").unwrap();
        sheet.write(0, 0, "a").unwrap().write(0, 2, "c").unwrap();
        for column in 0..3 {
            sheet.write(1, column, 5).unwrap();
        }
    });
    check(
        "a.xlsx",
        &nameless,
        EmptyHeader,
        Some("销售!B1"),
        &["销售!B2", "\"5\""],
    );
}

#[test]
fn damaged_entries_of_a_workbook() {
    let whole = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "a").unwrap();
        for row in 1..200 {
            sheet.write(row, 0, row * 7919 % 1000).unwrap();
        }
    });
    let mut damaged = 0;
    for place in (100..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0xFF;
        // Whatever is damaged, it is refused or harmless, and never breaks the reader.
        damaged += usize::from(read("a.xlsx", &bytes).is_err_and(|rejected| rejected.code == Corrupt));
    }
    assert!(damaged > 5, "{damaged}");
}

#[test]
fn what_is_too_large() {
    let check = |name: &str, bytes: &[u8], limits: Limits, words: &str| {
        let rejected = ingest::read(bytes, name, "", &limits, &mut |_| {}).unwrap_err();
        assert_eq!(rejected.code, TooLarge);
        assert!(rejected.message.contains(words), "{}", rejected.message);
    };
    let usual = Limits::default;
    check(
        "a.csv",
        b"a,b\n1,2\n",
        Limits { bytes: 7, ..usual() },
        "8 bytes, more than the 7 allowed",
    );
    check(
        "a.csv",
        b"a\n1\n2\n3\n",
        Limits { rows: 3, ..usual() },
        "more than the 3 allowed",
    );
    check(
        "a.csv",
        b"a,b,c\n1,2,3\n",
        Limits {
            columns: 2,
            ..usual()
        },
        "more than the 2 allowed",
    );
    let wide = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "a").unwrap();
        sheet.write(1_048_575, 16_383, 1).unwrap();
    });
    check(
        "a.xlsx",
        &wide,
        usual(),
        "columns or more, more than the 2000 allowed",
    );
    check(
        "a.xlsx",
        &wide,
        Limits {
            unpacked_bytes: 100,
            ..usual()
        },
        "the unpacked workbook",
    );
}
