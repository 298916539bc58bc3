//! Marks on a surface of pixels.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE};

use super::Undrawable;

/// Text.
pub const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Text that matters less.
pub const GREY: RGBColor = RGBColor(0x5f, 0x5f, 0x5f);
/// The axis of zero.
pub const AXIS: RGBColor = RGBColor(0x9a, 0x9a, 0x9a);
/// Lines that lead the eye.
pub const GRID: RGBColor = RGBColor(0xe3, 0xe3, 0xe3);

/// The colours of M. Okabe and K. Ito ("Color Universal Design", 2008), which people with any colour vision can tell
/// apart; yellow, which is faint on white, comes last.
const PALETTE: [RGBColor; super::super::shape::SERIES] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x22, 0x22, 0x22),
    RGBColor(0xf0, 0xe4, 0x42),
];

/// Families that show Chinese where they are installed, and what is at hand elsewhere.
pub const FONTS: &str =
    "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";

/// plotters takes the height of a line, which it divides by this for the size of the font.
const LINE_HEIGHT: f64 = 1.24;

/// The colour of a series.
#[must_use]
pub fn palette(series: usize) -> RGBColor {
    PALETTE.get(series % PALETTE.len()).copied().unwrap_or(INK)
}

/// The same as CSS has it.
#[must_use]
pub fn hexadecimal(colour: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A white surface; y grows downwards, and texts are centred on their y.
pub struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl<'a> Canvas<'a> {
    pub fn new(svg: &'a mut String, width: i32, height: i32) -> Result<Self, Undrawable> {
        let size = (width.unsigned_abs(), height.unsigned_abs());
        let area = SVGBackend::with_string(svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        Ok(Self { area })
    }

    pub fn finish(&self) -> Result<(), Undrawable> {
        self.area.present()
    }

    pub fn text(
        &self,
        text: &str,
        place: (i32, i32),
        size: f64,
        colour: RGBColor,
        align: Align,
    ) -> Result<(), Undrawable> {
        let anchor = match align {
            Align::Start => HPos::Left,
            Align::Middle => HPos::Center,
            Align::End => HPos::Right,
        };
        let style = TextStyle::from((FONTS, size * LINE_HEIGHT).into_font())
            .color(&colour)
            .pos(Pos::new(anchor, VPos::Center));
        self.area.draw(&Text::new(text, place, style))
    }

    pub fn title(&self, text: &str, place: (i32, i32), size: f64) -> Result<(), Undrawable> {
        let font = (FONTS, size * LINE_HEIGHT).into_font().style(FontStyle::Bold);
        let style = TextStyle::from(font)
            .color(&INK)
            .pos(Pos::new(HPos::Left, VPos::Center));
        self.area.draw(&Text::new(text, place, style))
    }

    pub fn rectangle(&self, from: (i32, i32), to: (i32, i32), colour: RGBColor) -> Result<(), Undrawable> {
        self.area.draw(&Rectangle::new([from, to], colour.filled()))
    }

    pub fn line(&self, points: Vec<(i32, i32)>, colour: RGBColor, width: u32) -> Result<(), Undrawable> {
        let style = ShapeStyle {
            color: colour.to_rgba(),
            filled: false,
            stroke_width: width,
        };
        self.area.draw(&PathElement::new(points, style))
    }

    pub fn area(&self, outline: Vec<(i32, i32)>, colour: RGBColor) -> Result<(), Undrawable> {
        self.area.draw(&Polygon::new(outline, colour.mix(0.25)))
    }

    pub fn dot(&self, at: (i32, i32), colour: RGBColor) -> Result<(), Undrawable> {
        self.area.draw(&Circle::new(at, 3, colour.filled()))
    }
}
