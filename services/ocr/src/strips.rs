//! Lines cut out of a page, as they may have to be held to be read.

use std::sync::Arc;

use image::{RgbImage, imageops};
use oar_ocr::processors::Point;
use oar_ocr::utils::get_rotate_crop_image;

use crate::quad::Quad;

/// From this ratio of height to width on a line stands. The library lays it down when it cuts it out.
const STANDING: f32 = 1.5;
/// How much surer the reader must be of a line that lies on its side than of one that stands upright, where that is only a
/// letter or two high: a 1 on its side is a fine 一.
const UPRIGHT: f32 = 0.2;

/// A line cut out, held in one way.
pub(crate) struct Strip {
    /// Which line it is.
    pub(crate) line: usize,
    pub(crate) image: Arc<RgbImage>,
    /// By how much it is preferred to the other ways.
    pub(crate) preference: f32,
}

impl Strip {
    pub(crate) fn flipped(&self) -> Self {
        Self {
            line: self.line,
            image: flipped(&self.image),
            preference: self.preference,
        }
    }
}

/// Whether a line is higher than it is wide.
pub(crate) fn is_standing(quad: &Quad) -> bool {
    quad.height() >= STANDING * quad.width()
}

/// Half a turn.
pub(crate) fn flipped(image: &Arc<RgbImage>) -> Arc<RgbImage> {
    Arc::new(imageops::rotate180(&**image))
}

/// A line cut out and made straight; if it stands, its lower end is on the right then.
pub(crate) fn laid_down(image: &RgbImage, quad: &Quad) -> Option<Arc<RgbImage>> {
    let corners = quad.0.map(|corner| Point::new(corner.x, corner.y));
    get_rotate_crop_image(image, &corners).ok().map(Arc::new)
}

/// A line in all ways that it may have to be held: one for one that lies.
pub(crate) fn cut(image: &RgbImage, line: usize, quad: &Quad) -> Vec<Strip> {
    let Some(laid) = laid_down(image, quad) else {
        return Vec::new();
    };
    let strip = |image: Arc<RgbImage>| Strip {
        line,
        image,
        preference: 0.0,
    };
    if !is_standing(quad) || laid.width() <= laid.height() {
        return vec![strip(laid)];
    }
    let mut strips = vec![strip(flipped(&laid))];
    strips.extend(upright_of(&laid, line));
    strips.push(strip(laid));
    strips
}

/// A line that stands, as letters one below the other; none of one that lies.
pub(crate) fn upright(image: &RgbImage, line: usize, quad: &Quad) -> Vec<Strip> {
    let laid = laid_down(image, quad).filter(|_| is_standing(quad));
    laid.map_or_else(Vec::new, |laid| upright_of(&laid, line))
}

fn upright_of(laid: &RgbImage, line: usize) -> Vec<Strip> {
    let upright = imageops::rotate90(laid);
    let letters = (upright.height() as f32 / upright.width().max(1) as f32).round() as u32;
    let strip = |image: RgbImage| Strip {
        line,
        image: Arc::new(image),
        preference: UPRIGHT,
    };
    let mut strips = Vec::new();
    if letters >= 2 {
        strips.push(strip(side_by_side(&upright, letters)));
    }
    if letters <= 2 {
        strips.push(strip(upright));
    }
    strips
}

/// Letters that stand one below the other, put into a row.
fn side_by_side(column: &RgbImage, letters: u32) -> RgbImage {
    let (width, height) = (column.width(), column.height() / letters);
    let mut row = RgbImage::new(width * letters, height);
    for letter in 0..letters {
        let cell = imageops::crop_imm(column, 0, letter * height, width, height);
        imageops::replace(&mut row, &cell.to_image(), i64::from(letter * width), 0);
    }
    row
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn a_column_becomes_a_row() {
        let mut column = RgbImage::new(10, 30);
        column.put_pixel(4, 25, Rgb([9; 3]));
        let row = side_by_side(&column, 3);
        assert_eq!(row.dimensions(), (30, 10));
        assert_eq!(row.get_pixel(24, 5).0, [9; 3]);
    }
}
