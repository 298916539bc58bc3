//! What reading costs against the bare libraries, turn by turn in one run: CSV → Parquet + profile against Polars' own
//! reader and writer, and XLSX → Parquet + profile against calamine's cells alone.
//!
//! `cargo bench -p ingest --bench reading`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints its table and may panic"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::io::Cursor;
use std::time::{Duration, Instant};

use calamine::{Reader, Xlsx};
use ingest::Limits;
use polars::prelude::{CsvReader, ParquetWriter, SerReader};
use rust_xlsxwriter::Workbook;

const ROWS: usize = 300_000;
const ROUNDS: usize = 7;
/// Rows of the workbook for each row of the text: workbooks are slower, and smaller.
const SHARE: usize = 6;

fn main() {
    let text = text(ROWS);
    let workbook = workbook(ROWS / SHARE);
    println!(
        "{ROWS} rows of CSV, {} MB; {} rows of XLSX, {} MB",
        text.len() >> 20,
        ROWS / SHARE,
        workbook.len() >> 20
    );
    let csv = turns(|| read("bench.csv", text.as_bytes()), || polars(&text));
    report(
        "CSV → Parquet + profile",
        "polars read_csv + write_parquet",
        csv,
        0.5,
    );
    let xlsx = turns(|| read("bench.xlsx", &workbook), || calamine(&workbook));
    report("XLSX → Parquet + profile", "calamine, cells alone", xlsx, 0.7);
}

fn text(rows: usize) -> String {
    let mut text = "order,day,shop,category,amount,count,member\n".to_owned();
    for row in 0..rows {
        let (day, month) = (row % 28 + 1, row / 28 % 12 + 1);
        let _ = writeln!(
            text,
            "SO-{row},2024-{month:02}-{day:02},shop {},{},{}.{:02},{},{}",
            row % 97,
            ["food", "books", "gifts", "toys"][row % 4],
            row * 7919 % 10_000,
            row % 100,
            row % 13,
            ["yes", "no"][row % 2],
        );
    }
    text
}

fn workbook(rows: usize) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(text(rows).lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).unwrap(),
                Err(_) => sheet.write(row, column, cell).unwrap(),
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn read(name: &str, bytes: &[u8]) {
    let tables = ingest::read(bytes, name, "bench", &Limits::default(), &mut |_| {}).unwrap();
    assert!(!black_box(tables).is_empty());
}

fn polars(text: &str) {
    let mut frame = CsvReader::new(Cursor::new(text.as_bytes())).finish().unwrap();
    let mut parquet = Vec::new();
    ParquetWriter::new(&mut parquet).finish(&mut frame).unwrap();
    black_box(parquet);
}

fn calamine(bytes: &[u8]) {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = workbook.sheet_names()[0].clone();
    let mut cells = workbook.worksheet_cells_reader(&name).unwrap();
    let mut count = 0;
    while let Some(cell) = cells.next_cell().unwrap() {
        black_box(cell);
        count += 1;
    }
    assert!(count > 0);
}

/// The best times of both, turn by turn, so that what else the machine does strikes both.
fn turns(ours: impl Fn(), bare: impl Fn()) -> (Duration, Duration) {
    let timed = |work: &dyn Fn()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        best.0 = best.0.min(timed(&ours));
        best.1 = best.1.min(timed(&bare));
    }
    best
}

fn report(ours: &str, bare: &str, (own, other): (Duration, Duration), goal: f64) {
    let ratio = other.as_secs_f64() / own.as_secs_f64();
    println!(
        "{ours:<26} {own:>10.1?}   {bare:<34} {other:>10.1?}   {ratio:.2} of its throughput (goal {goal})"
    );
}
