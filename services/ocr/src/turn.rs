//! A page that lies on its side or stands on its head.

use image::{RgbImage, imageops};

use crate::quad::Point;

/// By how much an image is turned clockwise before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

impl Turn {
    pub(crate) const fn degrees(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarters => 270,
        }
    }

    /// It, and half a turn more.
    pub(crate) const fn upside_down(self) -> Self {
        match self {
            Self::None => Self::Half,
            Self::Quarter => Self::ThreeQuarters,
            Self::Half => Self::None,
            Self::ThreeQuarters => Self::Quarter,
        }
    }

    pub(crate) fn apply(self, image: RgbImage) -> RgbImage {
        match self {
            Self::None => image,
            Self::Quarter => imageops::rotate90(&image),
            Self::Half => imageops::rotate180(&image),
            Self::ThreeQuarters => imageops::rotate270(&image),
        }
    }

    /// Where a point of the turned image is in the one as it was sent, whose width and height are given.
    pub(crate) fn back(self, Point { x, y }: Point, (width, height): (u32, u32)) -> Point {
        let (width, height) = (width as f32, height as f32);
        let (x, y) = match self {
            Self::None => (x, y),
            Self::Quarter => (y, height - x),
            Self::Half => (width - x, height - y),
            Self::ThreeQuarters => (width - y, x),
        };
        Point { x, y }
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn what_is_turned_is_found_again_where_it_was() {
        let (x, y) = (3, 1);
        let mut image = RgbImage::new(7, 4);
        image.put_pixel(x, y, Rgb([255; 3]));
        for turn in [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters] {
            let turned = turn.apply(image.clone());
            let (at_x, at_y, _) = turned
                .enumerate_pixels()
                .find(|(_, _, pixel)| pixel.0[0] > 0)
                .unwrap();
            let middle = Point {
                x: at_x as f32 + 0.5,
                y: at_y as f32 + 0.5,
            };
            let back = turn.back(middle, (7, 4));
            assert_eq!((back.x, back.y), (x as f32 + 0.5, y as f32 + 0.5), "{turn:?}");
            let twice = turn.upside_down().upside_down();
            assert_eq!(twice, turn);
        }
    }
}
