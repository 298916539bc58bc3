//! Writes the sample files of `tests/fixtures`, the same bytes each time:
//! `cargo run -p ingest --example make_fixtures [FOLDER]`.
//!
//! The airport, its shops, airlines and numbers are invented.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

/// Shops: number, name, terminal, category, square metres, opening day, open around the clock, usual takings a week.
type Shop = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    f64,
    &'static str,
    &'static str,
    u64,
);

const SHOPS: [Shop; 12] = [
    (
        "0012",
        "云岭免税店",
        "T1",
        "免税",
        860.5,
        "2016年5月1日",
        "否",
        420_000,
    ),
    (
        "0015",
        "山茶咖啡",
        "T1",
        "餐饮",
        64.0,
        "2018年9月12日",
        "是",
        58_000,
    ),
    (
        "0023",
        "悦读书店",
        "T1",
        "图书",
        120.0,
        "2017年3月20日",
        "否",
        21_000,
    ),
    (
        "0031",
        "滇味小馆",
        "T1",
        "餐饮",
        210.0,
        "2019年1月8日",
        "否",
        96_000,
    ),
    (
        "0104",
        "云岭免税店二部",
        "T2",
        "免税",
        1240.0,
        "2020年10月1日",
        "否",
        610_000,
    ),
    (
        "0107",
        "晨光便利",
        "T2",
        "便利",
        88.5,
        "2020年10月1日",
        "是",
        72_000,
    ),
    (
        "0112",
        "白露珠宝",
        "T2",
        "精品",
        150.0,
        "2021年6月18日",
        "否",
        230_000,
    ),
    (
        "0118",
        "一碗米线",
        "T2",
        "餐饮",
        132.0,
        "2020年11月11日",
        "是",
        88_000,
    ),
    (
        "0205",
        "远航数码",
        "T3",
        "数码",
        176.0,
        "2023年4月28日",
        "否",
        164_000,
    ),
    (
        "0209",
        "青石茶庄",
        "T3",
        "特产",
        98.0,
        "2023年4月28日",
        "否",
        67_000,
    ),
    (
        "0213",
        "山茶咖啡三部",
        "T3",
        "餐饮",
        71.5,
        "2023年7月7日",
        "是",
        63_000,
    ),
    (
        "0220",
        "高原花坊",
        "T3",
        "特产",
        45.0,
        "2023年12月15日",
        "否",
        18_000,
    ),
];

/// Airlines: code, name, terminal, usual passengers.
const AIRLINES: [(&str, &str, &str, u64); 6] = [
    ("CD", "Cedar Airways", "T1", 148),
    ("NB", "Northbridge Air", "T1", 162),
    ("SK", "Silk Lake Airlines", "T2", 176),
    ("HB", "Harbour Air, Ltd.", "T2", 92),
    ("MP", "Magpie Express", "T3", 180),
    ("OR", "Orchid Pacific", "T3", 264),
];

const DESTINATIONS: [&str; 10] = [
    "Chengdu",
    "Shanghai",
    "Guangzhou",
    "Singapore",
    "Bangkok",
    "Beijing",
    "Xi'an",
    "Hanoi",
    "Tokyo",
    "Wuhan",
];

fn main() -> Result<(), Box<dyn Error>> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let folder = std::env::args().nth(1).map_or(default, PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    airport_retail()?.save(folder.join("airport-retail.xlsx"))?;
    std::fs::write(folder.join("flights.csv"), flights()?)?;
    Ok(())
}

/// Numbers that look random and are the same each time (a linear congruential generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// A number around another, by so many percent.
    fn around(&mut self, middle: u64, percent: u64) -> u64 {
        let spread = middle * percent / 100;
        middle - spread + self.below(2 * spread + 1)
    }
}

fn airport_retail() -> Result<Workbook, Box<dyn Error>> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2025, 1, 6)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title("云岭国际机场商业零售")
            .set_creation_datetime(&made),
    );
    sales(workbook.add_worksheet())?;
    shops(workbook.add_worksheet())?;
    passengers(workbook.add_worksheet())?;
    workbook.add_worksheet().set_name("备用")?;
    Ok(workbook)
}

fn headings(sheet: &mut Worksheet, row: u32, names: &[&str]) -> Result<(), Box<dyn Error>> {
    let bold = Format::new().set_bold();
    for (column, name) in (0u16..).zip(names) {
        sheet.write_with_format(row, column, *name, &bold)?;
    }
    Ok(())
}

/// A title, a header, a row for each shop and survey day, and a totals row.
fn sales(sheet: &mut Worksheet) -> Result<(), Box<dyn Error>> {
    sheet.set_name("销售明细")?;
    sheet.merge_range(
        0,
        0,
        0,
        7,
        "云岭国际机场 2024 年商业零售抽样日销售明细",
        &Format::new().set_bold(),
    )?;
    let names = [
        "日期",
        "航站楼",
        "店铺编号",
        "店铺",
        "品类",
        "销售额（元）",
        "客流量",
        "会员占比",
    ];
    headings(sheet, 1, &names)?;
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let percent = Format::new().set_num_format("0.0%");
    let mut dice = Dice(2024);
    let (mut row, mut cents, mut visitors) = (2u32, 0u64, 0u64);
    for survey in 0..24u64 {
        let (month, date) = (
            u8::try_from(survey / 2 + 1)?,
            if survey % 2 == 0 { 8 } else { 22 },
        );
        let moment = ExcelDateTime::from_ymd(2024, month, date)?;
        // Summer and the holidays of October sell more.
        let season = match month {
            7 | 8 => 125,
            10 => 140,
            2 => 118,
            _ => 100,
        };
        for (number, name, terminal, category, _, _, _, usual) in SHOPS {
            // One shop was closed for works in May.
            if number == "0118" && month == 5 {
                continue;
            }
            let taken = dice.around(usual * 100 / 7, 25) * season / 100;
            let seen = dice.around(usual / 70 + 200, 30) * season / 100;
            let members = 80 + dice.below(340);
            sheet.write_with_format(row, 0, &moment, &day)?;
            sheet.write(row, 1, terminal)?;
            sheet.write(row, 2, number)?;
            sheet.write(row, 3, name)?;
            sheet.write(row, 4, category)?;
            if row % 29 == 0 {
                sheet.write(row, 5, grouped(taken))?;
            } else {
                sheet.write(row, 5, yuan(taken)?)?;
            }
            if row % 41 == 0 {
                sheet.write(row, 6, "-")?;
            } else {
                sheet.write(row, 6, u32::try_from(seen)?)?;
                visitors += seen;
            }
            sheet.write_with_format(row, 7, f64::from(u32::try_from(members)?) / 1000.0, &percent)?;
            cents += taken;
            row += 1;
        }
    }
    sheet.write(row, 0, "合计")?;
    sheet.write(row, 5, yuan(cents)?)?;
    sheet.write(row, 6, u32::try_from(visitors)?)?;
    sheet.write(
        row + 1,
        0,
        "注：每月 8 日与 22 日抽样；会员占比为会员交易笔数的比例。",
    )?;
    Ok(())
}

fn shops(sheet: &mut Worksheet) -> Result<(), Box<dyn Error>> {
    sheet.set_name("店铺")?;
    headings(
        sheet,
        0,
        &[
            "店铺编号",
            "店铺名称",
            "航站楼",
            "品类",
            "面积（平方米）",
            "开业日期",
            "24小时营业",
        ],
    )?;
    for (row, (number, name, terminal, category, area, opened, always, _)) in (1u32..).zip(SHOPS) {
        sheet.write(row, 0, number)?;
        sheet.write(row, 1, name)?;
        sheet.write(row, 2, terminal)?;
        sheet.write(row, 3, category)?;
        sheet.write(row, 4, area)?;
        sheet.write(row, 5, opened)?;
        sheet.write(row, 6, always)?;
    }
    Ok(())
}

fn passengers(sheet: &mut Worksheet) -> Result<(), Box<dyn Error>> {
    sheet.set_name("旅客吞吐")?;
    headings(
        sheet,
        0,
        &[
            "月份",
            "航站楼",
            "出发旅客（人次）",
            "到达旅客（人次）",
            "航班架次",
        ],
    )?;
    let month_format = Format::new().set_num_format("yyyy年m月");
    let mut dice = Dice(7);
    let mut row = 1u32;
    for month in 1..=12u8 {
        let moment = ExcelDateTime::from_ymd(2024, month, 1)?;
        for (terminal, usual) in [("T1", 412_000u64), ("T2", 655_000), ("T3", 238_000)] {
            let season = if matches!(month, 2 | 7 | 8 | 10) { 116 } else { 100 };
            let departed = dice.around(usual, 8) * season / 100;
            let arrived = dice.around(usual, 8) * season / 100;
            sheet.write_with_format(row, 0, &moment, &month_format)?;
            sheet.write(row, 1, terminal)?;
            sheet.write(row, 2, u32::try_from(departed)?)?;
            sheet.write(row, 3, u32::try_from(arrived)?)?;
            sheet.write(row, 4, u32::try_from((departed + arrived) / 131)?)?;
            row += 1;
        }
    }
    Ok(())
}

fn yuan(cents: u64) -> Result<f64, Box<dyn Error>> {
    Ok(f64::from(u32::try_from(cents)?) / 100.0)
}

/// `1,234.50`, as text.
fn grouped(cents: u64) -> String {
    let (whole, rest) = ((cents / 100).to_string(), cents % 100);
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text}.{rest:02}")
}

/// Departures of March and April 2024.
fn flights() -> Result<String, Box<dyn Error>> {
    let mut dice = Dice(42);
    let mut text = String::from(
        "Flight,Airline,Terminal,Gate,Destination,Scheduled,Passengers,Delay (minutes),Status\n",
    );
    for number in 0..186u64 {
        let (month, day) = if number < 96 {
            (3, number * 31 / 96 + 1)
        } else {
            (4, (number - 96) * 30 / 90 + 1)
        };
        let place = usize::try_from(dice.below(6))?;
        let Some((code, airline, terminal, usual)) = AIRLINES.get(place) else {
            continue;
        };
        let flight = format!("{code}{}", 100 + place as u64 * 100 + dice.below(60));
        let gate = format!(
            "{}{}",
            ["A", "B", "C"].get(place / 2).unwrap_or(&"A"),
            1 + dice.below(18)
        );
        let to = DESTINATIONS
            .get(usize::try_from(dice.below(10))?)
            .unwrap_or(&"Chengdu");
        let (hour, minute) = (6 + dice.below(17), dice.below(12) * 5);
        let seats = dice.around(*usual, 22);
        let (seats, delay, status) = match dice.below(20) {
            0 => ("N/A".to_owned(), "N/A".to_owned(), "Cancelled"),
            1..=5 => (seats.to_string(), (15 + dice.below(140)).to_string(), "Delayed"),
            _ => (seats.to_string(), dice.below(15).to_string(), "On time"),
        };
        let airline = if airline.contains(',') {
            format!("\"{airline}\"")
        } else {
            (*airline).to_owned()
        };
        writeln!(
            text,
            "{flight},{airline},{terminal},{gate},{to},2024-{month:02}-{day:02} {hour:02}:{minute:02},{seats},{delay},{status}"
        )?;
    }
    Ok(text)
}
