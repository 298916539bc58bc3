//! Where a line stands: four corners, since it may be askew.

use oar_ocr::processors::BoundingBox;
use schemas::document::Area;

/// A place in an image, in pixels from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// Four corners: upper left, upper right, lower right, lower left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quad(pub [Point; 4]);

/// A rectangle that lies straight, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Its left side.
    pub left: f32,
    /// Its upper side.
    pub top: f32,
    /// Its right side.
    pub right: f32,
    /// Its lower side.
    pub bottom: f32,
}

impl Quad {
    /// The corners of a detection, in the order that we know; none where it has not four.
    #[must_use]
    pub fn of(detected: &BoundingBox) -> Option<Self> {
        let [a, b, c, d] = detected.points.as_slice() else {
            return None;
        };
        let mut corners = [a, b, c, d].map(|point| Point {
            x: point.x,
            y: point.y,
        });
        // The two on the left, then the two on the right, as the library that cuts them out does it.
        corners.sort_by(|a, b| a.x.total_cmp(&b.x));
        let [a, b, c, d] = corners;
        let (upper_left, lower_left) = if a.y <= b.y { (a, b) } else { (b, a) };
        let (upper_right, lower_right) = if c.y <= d.y { (c, d) } else { (d, c) };
        Some(Self([upper_left, upper_right, lower_right, lower_left]))
    }

    /// Its width along its own sides.
    #[must_use]
    pub fn width(&self) -> f32 {
        let [upper_left, upper_right, lower_right, lower_left] = self.0;
        f32::midpoint(
            distance(upper_left, upper_right),
            distance(lower_left, lower_right),
        )
    }

    /// Its height along its own sides.
    #[must_use]
    pub fn height(&self) -> f32 {
        let [upper_left, upper_right, lower_right, lower_left] = self.0;
        f32::midpoint(
            distance(upper_left, lower_left),
            distance(upper_right, lower_right),
        )
    }

    /// By how much it falls to the right, in radians.
    #[must_use]
    pub fn slope(&self) -> f32 {
        let [upper_left, upper_right, lower_right, lower_left] = self.0;
        let across = upper_right.x - upper_left.x + lower_right.x - lower_left.x;
        let down = upper_right.y - upper_left.y + lower_right.y - lower_left.y;
        down.atan2(across)
    }

    /// The rectangle around it.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        let [first, rest @ ..] = self.0;
        let mut bounds = Rect {
            left: first.x,
            top: first.y,
            right: first.x,
            bottom: first.y,
        };
        for point in rest {
            bounds.left = bounds.left.min(point.x);
            bounds.top = bounds.top.min(point.y);
            bounds.right = bounds.right.max(point.x);
            bounds.bottom = bounds.bottom.max(point.y);
        }
        bounds
    }

    /// It, with each corner moved.
    #[must_use]
    pub fn moved(&self, to: impl Fn(Point) -> Point) -> Self {
        Self(self.0.map(to))
    }
}

fn distance(a: Point, b: Point) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}

impl Rect {
    /// Its width.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// Its height.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// The height of its middle.
    #[must_use]
    pub fn middle(&self) -> f32 {
        f32::midpoint(self.top, self.bottom)
    }

    /// The rectangle around both.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// As shares of an image of this width and height; what lies outside is cut off.
    #[must_use]
    pub fn area(&self, (width, height): (u32, u32)) -> Area {
        let share = |value: f32, of: u32| (value / of.max(1) as f32).clamp(0.0, 1.0);
        let (left, right) = (share(self.left, width), share(self.right, width));
        let (top, bottom) = (share(self.top, height), share(self.bottom, height));
        Area {
            left,
            top,
            width: right - left,
            height: bottom - top,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quad(points: [(f32, f32); 4]) -> Quad {
        let points = points.map(|(x, y)| oar_ocr::processors::Point::new(x, y));
        Quad::of(&BoundingBox::new(points.to_vec())).unwrap()
    }

    #[test]
    fn corners_are_put_in_order() {
        let straight = [(10., 20.), (110., 20.), (110., 40.), (10., 40.)];
        for first in 0..4 {
            let mut points = straight;
            points.rotate_left(first);
            let quad = quad(points);
            assert_eq!((quad.width(), quad.height(), quad.slope()), (100., 20., 0.));
            assert_eq!((quad.0[0].x, quad.0[0].y), (10., 20.));
        }
        let askew = quad([(0., 0.), (100., 10.), (98., 30.), (-2., 20.)]);
        assert!((askew.slope() - 0.1).abs() < 0.01, "{}", askew.slope());
    }

    #[test]
    fn areas_are_shares_of_the_page() {
        let rect = Rect {
            left: -5.,
            top: 50.,
            right: 50.,
            bottom: 250.,
        };
        let area = rect.area((100, 200));
        assert_eq!(
            (area.left, area.top, area.width, area.height),
            (0., 0.25, 0.5, 0.75)
        );
    }
}
