//! What is said to both engines, in the words of qdrant-client.

use std::collections::HashMap;

use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::value::Kind;
use qdrant_client::qdrant::{
    CreateCollection, CreateCollectionBuilder, CreateFieldIndexCollection, CreateFieldIndexCollectionBuilder,
    Distance, FieldType, Filter, IntegerIndexParamsBuilder, KeywordIndexParamsBuilder, ListValue, Modifier,
    NamedVectors, PointId, PointStruct, QueryPoints, QueryPointsBuilder, Range, RetrievedPoint,
    ScalarQuantizationBuilder, SearchParamsBuilder, SparseVectorParamsBuilder, SparseVectorsConfigBuilder,
    Value, Vector, VectorParamsBuilder, VectorsConfigBuilder, vector_output,
};
use serde_json::Map;
use uuid::Uuid;

use super::{BEAM, Condition, DENSE, Entry, Field, Leg, LegVector, Record, Scope, WORDS};
use crate::space::Space;

/// How a space is kept.
pub(super) fn collection(space: &Space, quantized: bool) -> CreateCollection {
    let mut words = SparseVectorsConfigBuilder::default();
    words.add_named_vector_params(
        WORDS,
        SparseVectorParamsBuilder::default().modifier(Modifier::Idf),
    );
    let mut collection = CreateCollectionBuilder::new(space.name())
        .sparse_vectors_config(words)
        .on_disk_payload(true);
    if space.dimension > 0 {
        let mut vectors = VectorsConfigBuilder::default();
        vectors.add_named_vector_params(
            DENSE,
            VectorParamsBuilder::new(u64::from(space.dimension), Distance::Cosine),
        );
        collection = collection.vectors_config(vectors);
    }
    if quantized {
        collection = collection.quantization_config(
            ScalarQuantizationBuilder::default()
                .quantile(0.99)
                .always_ram(true),
        );
    }
    collection.build()
}

/// The index of a field.
pub(super) fn field_index(space: &Space, field: Field) -> CreateFieldIndexCollection {
    let index = |kind| CreateFieldIndexCollectionBuilder::new(space.name(), field.name(), kind).wait(true);
    match field {
        Field::Tenant => index(FieldType::Keyword)
            .field_index_params(KeywordIndexParamsBuilder::default().is_tenant(true))
            .build(),
        Field::File | Field::Document | Field::Kind | Field::Codes => index(FieldType::Keyword)
            .field_index_params(KeywordIndexParamsBuilder::default().enable_hnsw(false))
            .build(),
        Field::Received => index(FieldType::Integer)
            .field_index_params(IntegerIndexParamsBuilder::new(false, true).enable_hnsw(false))
            .build(),
    }
}

pub(super) fn filter(scope: Scope) -> Filter {
    Filter {
        must: scope.must.into_iter().map(condition).collect(),
        must_not: scope.must_not.into_iter().map(condition).collect(),
        ..Filter::default()
    }
}

fn condition(condition: Condition) -> qdrant_client::qdrant::Condition {
    use qdrant_client::qdrant::Condition as Wire;
    match condition {
        Condition::Any(field, values) => Wire::matches(field.name(), values),
        Condition::AtLeast(field, least) => Wire::range(
            field.name(),
            Range {
                gte: Some(least as f64),
                ..Range::default()
            },
        ),
    }
}

pub(super) fn point(entry: Entry) -> PointStruct {
    let mut vectors = HashMap::new();
    if let Some(dense) = entry.dense {
        vectors.insert(DENSE.to_owned(), Vector::from(dense));
    }
    if !entry.words.is_empty() {
        let words: Vec<(u32, f32)> = entry.words.indices.into_iter().zip(entry.words.values).collect();
        vectors.insert(WORDS.to_owned(), Vector::from(words));
    }
    PointStruct {
        id: Some(id(entry.id)),
        payload: entry
            .payload
            .into_iter()
            .map(|(name, content)| (name, value(content)))
            .collect(),
        vectors: Some(NamedVectors { vectors }.into()),
    }
}

pub(super) fn query(space: &Space, leg: Leg) -> QueryPoints {
    let builder = QueryPointsBuilder::new(space.name());
    let builder = match leg.vector {
        LegVector::Dense(dense) => builder.using(DENSE).query(dense),
        LegVector::Words(words) => {
            let words: Vec<(u32, f32)> = words.indices.into_iter().zip(words.values).collect();
            builder.using(WORDS).query(words)
        }
    };
    builder
        .filter(filter(leg.scope))
        .limit(leg.limit as u64)
        .params(SearchParamsBuilder::default().hnsw_ef(BEAM.max(leg.limit) as u64))
        .with_payload(false)
        .with_vectors(false)
        .build()
}

/// What was asked for of a point; none where its id is none of ours.
pub(super) fn record(point: RetrievedPoint) -> Option<Record> {
    let dense = point
        .vectors
        .and_then(|vectors| vectors.get_vector_by_name(DENSE))
        .and_then(|vector| match vector {
            vector_output::Vector::Dense(dense) => Some(dense.data),
            vector_output::Vector::Sparse(_) | vector_output::Vector::MultiDense(_) => None,
        });
    Some(Record {
        id: uuid(point.id?)?,
        payload: point
            .payload
            .into_iter()
            .map(|(name, value)| (name, json(value)))
            .collect::<Map<_, _>>(),
        dense,
    })
}

pub(super) fn id(id: Uuid) -> PointId {
    PointId::from(id.to_string())
}

pub(super) fn uuid(id: PointId) -> Option<Uuid> {
    match id.point_id_options? {
        PointIdOptions::Uuid(text) => text.parse().ok(),
        PointIdOptions::Num(_) => None,
    }
}

/// The values that our payloads have; others are none.
fn value(json: serde_json::Value) -> Value {
    let kind = match json {
        serde_json::Value::String(text) => Kind::StringValue(text),
        serde_json::Value::Number(number) => number.as_i64().map_or(Kind::NullValue(0), Kind::IntegerValue),
        serde_json::Value::Bool(flag) => Kind::BoolValue(flag),
        serde_json::Value::Array(values) => Kind::ListValue(ListValue {
            values: values.into_iter().map(value).collect(),
        }),
        serde_json::Value::Null | serde_json::Value::Object(_) => Kind::NullValue(0),
    };
    Value { kind: Some(kind) }
}

fn json(value: Value) -> serde_json::Value {
    match value.kind {
        Some(Kind::StringValue(text)) => text.into(),
        Some(Kind::IntegerValue(number)) => number.into(),
        Some(Kind::DoubleValue(number)) => number.into(),
        Some(Kind::BoolValue(flag)) => flag.into(),
        Some(Kind::ListValue(list)) => list.values.into_iter().map(json).collect(),
        Some(Kind::NullValue(_) | Kind::StructValue(_)) | None => serde_json::Value::Null,
    }
}
