//! Networks as ONNX Runtime reads them: the part of the format that is needed to write one.
//!
//! Source: `onnx.proto` (ONNX 1.20, IR version 9). Names of fields are those of the format.

use prost::Message;

/// Types of numbers.
pub const FLOAT: i32 = 1;
pub const BYTE: i32 = 2;
pub const INTEGER: i32 = 6;
pub const LONG: i32 = 7;
/// Types of attributes.
const REAL: i32 = 1;
const WHOLE: i32 = 2;
/// The domain of the operators that the runtime adds to those of the standard.
pub const RUNTIME: &str = "com.microsoft";

#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(int64, tag = "1")]
    ir_version: i64,
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<Operators>,
}

#[derive(Clone, PartialEq, Message)]
struct Operators {
    #[prost(string, tag = "1")]
    domain: String,
    #[prost(int64, tag = "2")]
    version: i64,
}

/// A network that is being written.
#[derive(Clone, PartialEq, Message)]
pub struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<Value>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, tag = "4")]
    op_type: String,
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
    #[prost(string, tag = "7")]
    domain: String,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(float, tag = "2")]
    f: f32,
    #[prost(int64, tag = "3")]
    i: i64,
    #[prost(int32, tag = "20")]
    r#type: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Tensor {
    #[prost(int64, repeated, tag = "1")]
    dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(string, tag = "8")]
    name: String,
    #[prost(bytes = "vec", tag = "9")]
    raw_data: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    r#type: Option<Type>,
}

#[derive(Clone, PartialEq, Message)]
struct Type {
    #[prost(message, optional, tag = "1")]
    tensor_type: Option<TensorType>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorType {
    #[prost(int32, tag = "1")]
    elem_type: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<Shape>,
}

#[derive(Clone, PartialEq, Message)]
struct Shape {
    #[prost(message, repeated, tag = "1")]
    dim: Vec<Dimension>,
}

/// A number of something, or what it is called while it is open.
#[derive(Clone, PartialEq, Message)]
struct Dimension {
    #[prost(int64, optional, tag = "1")]
    dim_value: Option<i64>,
    #[prost(string, optional, tag = "2")]
    dim_param: Option<String>,
}

/// A setting of an operator.
#[derive(Debug, Clone, Copy)]
pub enum Setting {
    /// A whole number.
    Whole(&'static str, i64),
    /// Another number.
    Real(&'static str, f32),
}

impl Graph {
    /// Adds a step of the standard, or with [`RUNTIME`] of the runtime; what it gives has the name of the step.
    pub fn step(&mut self, name: &str, operator: &str, inputs: &[&str], settings: &[Setting]) -> String {
        let attribute = |setting: &Setting| match *setting {
            Setting::Whole(name, i) => Attribute {
                name: name.to_owned(),
                f: 0.0,
                i,
                r#type: WHOLE,
            },
            Setting::Real(name, f) => Attribute {
                name: name.to_owned(),
                f,
                i: 0,
                r#type: REAL,
            },
        };
        let (domain, operator) = operator.split_once('/').unwrap_or(("", operator));
        let mut output = vec![name.to_owned()];
        if operator == "GroupQueryAttention" {
            // It also gives what it would keep for the next token, and insists on names for that.
            output.extend([format!("{name}.keys"), format!("{name}.values")]);
        }
        self.node.push(Node {
            input: inputs.iter().map(|input| (*input).to_owned()).collect(),
            output,
            op_type: operator.to_owned(),
            attribute: settings.iter().map(attribute).collect(),
            domain: domain.to_owned(),
        });
        name.to_owned()
    }

    /// Whether there are numbers of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.initializer.iter().any(|tensor| tensor.name == name)
    }

    /// Adds numbers that never change, as bytes.
    pub fn constant(&mut self, name: &str, kind: i32, shape: &[usize], bytes: Vec<u8>) -> String {
        self.initializer.push(Tensor {
            dims: shape.iter().map(|size| *size as i64).collect(),
            data_type: kind,
            name: name.to_owned(),
            raw_data: bytes,
        });
        name.to_owned()
    }

    /// The same of floating-point numbers.
    pub fn floats(&mut self, name: &str, shape: &[usize], numbers: &[f32]) -> String {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(name, FLOAT, shape, bytes)
    }

    /// The same of whole numbers.
    pub fn longs(&mut self, name: &str, numbers: &[i64]) -> String {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(name, LONG, &[numbers.len()], bytes)
    }

    /// Adds an input; sizes that are open are none.
    pub fn input(&mut self, name: &str, kind: i32, shape: &[Option<i64>]) {
        self.input.push(value(name, kind, shape));
    }

    /// The file of the network, of which this is the output.
    #[must_use]
    pub fn file(mut self, output: &str, shape: &[Option<i64>]) -> Vec<u8> {
        self.output.push(value(output, FLOAT, shape));
        let operators = |domain: &str, version| Operators {
            domain: domain.to_owned(),
            version,
        };
        let model = Model {
            ir_version: 9,
            graph: Some(self),
            opset_import: vec![operators("", 17), operators(RUNTIME, 1)],
        };
        model.encode_to_vec()
    }
}

fn value(name: &str, kind: i32, shape: &[Option<i64>]) -> Value {
    let dim = shape.iter().map(|size| Dimension {
        dim_value: *size,
        dim_param: size.is_none().then(|| "tokens".to_owned()),
    });
    let tensor_type = TensorType {
        elem_type: kind,
        shape: Some(Shape { dim: dim.collect() }),
    };
    Value {
        name: name.to_owned(),
        r#type: Some(Type {
            tensor_type: Some(tensor_type),
        }),
    }
}
