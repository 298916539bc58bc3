//! What is said to both engines, in the words of qdrant-edge.

use std::collections::HashMap;

use qdrant_edge::external::ordered_float::OrderedFloat;
use qdrant_edge::{
    AnyVariants, CreateIndex, Distance, EdgeConfig, EdgeOptimizersConfig, EdgeSparseVectorParams,
    EdgeVectorParams, FieldCondition, FieldIndexOperations, Filter, IntegerIndexParams, JsonPath,
    KeywordIndexParams, Match, MatchAny, Modifier, NamedQuery, Payload, PayloadFieldSchema,
    PayloadSchemaParams, PointId, PointStructPersisted, QueryEnum, QueryRequest, Range,
    ScalarQuantizationConfig, ScalarType, ScoringQuery, SearchParams, VectorInternal, VectorPersisted,
    VectorStructInternal, VectorStructPersisted, WithPayloadInterface, WithVector,
};

use super::{BEAM, Condition, DENSE, Entry, Field, Leg, LegVector, Record, Scope, WORDS};
use crate::space::Space;

/// Kilobytes of vectors in a segment from which on it gets a graph: below, looking at each is as fast.
const GRAPH_FROM: usize = 20_000;
/// Segments that a search goes through one after the other.
const SEGMENTS: usize = 2;

/// How a space is kept.
pub(super) fn config(space: &Space, quantized: bool) -> EdgeConfig {
    let mut config = EdgeConfig::builder()
        .sparse_vector(
            WORDS,
            EdgeSparseVectorParams::builder().modifier(Modifier::Idf).build(),
        )
        .optimizers(EdgeOptimizersConfig {
            indexing_threshold: Some(GRAPH_FROM),
            default_segment_number: Some(SEGMENTS),
            ..EdgeOptimizersConfig::default()
        });
    if space.dimension > 0 {
        config = config.vector(
            DENSE,
            EdgeVectorParams::builder(space.dimension as usize, Distance::Cosine).build(),
        );
    }
    if quantized {
        let bytes = ScalarQuantizationConfig {
            r#type: ScalarType::Int8,
            quantile: Some(0.99),
            always_ram: Some(true),
        };
        config = config.quantization_config(bytes.into());
    }
    config.build()
}

/// The index of a field.
pub(super) fn field_index(field: Field) -> FieldIndexOperations {
    let params = match field {
        Field::Tenant => PayloadSchemaParams::Keyword(KeywordIndexParams {
            is_tenant: Some(true),
            ..KeywordIndexParams::default()
        }),
        // No graphs of their own: these are found by reading all that a condition leaves, or by filtering on the way.
        Field::File | Field::Document | Field::Kind | Field::Codes => {
            PayloadSchemaParams::Keyword(KeywordIndexParams {
                enable_hnsw: Some(false),
                ..KeywordIndexParams::default()
            })
        }
        Field::Received => PayloadSchemaParams::Integer(IntegerIndexParams {
            lookup: Some(false),
            range: Some(true),
            enable_hnsw: Some(false),
            ..IntegerIndexParams::default()
        }),
    };
    FieldIndexOperations::CreateIndex(CreateIndex {
        field_name: key(field),
        field_schema: Some(PayloadFieldSchema::FieldParams(params)),
    })
}

pub(super) fn filter(scope: Scope) -> Filter {
    let conditions = |conditions: Vec<Condition>| {
        let conditions: Vec<_> = conditions.into_iter().map(condition).collect();
        Some(conditions).filter(|conditions| !conditions.is_empty())
    };
    Filter {
        should: None,
        min_should: None,
        must: conditions(scope.must),
        must_not: conditions(scope.must_not),
    }
}

fn condition(condition: Condition) -> qdrant_edge::Condition {
    qdrant_edge::Condition::Field(match condition {
        Condition::Any(field, values) => FieldCondition::new_match(
            key(field),
            Match::Any(MatchAny {
                any: AnyVariants::Strings(values.into_iter().collect()),
            }),
        ),
        Condition::AtLeast(field, least) => FieldCondition::new_range(
            key(field),
            Range {
                gte: Some(OrderedFloat(least as f64)),
                ..Range::default()
            },
        ),
    })
}

fn key(field: Field) -> JsonPath {
    JsonPath {
        first_key: field.name().to_owned(),
        rest: Vec::new(),
    }
}

pub(super) fn point(entry: Entry) -> PointStructPersisted {
    let mut vectors = HashMap::new();
    if let Some(dense) = entry.dense {
        vectors.insert(DENSE.to_owned(), VectorPersisted::Dense(dense));
    }
    if !entry.words.is_empty() {
        vectors.insert(WORDS.to_owned(), VectorPersisted::Sparse(sparse(entry.words)));
    }
    PointStructPersisted {
        id: PointId::Uuid(entry.id),
        vector: VectorStructPersisted::Named(vectors),
        payload: Some(Payload(entry.payload)),
    }
}

pub(super) fn query(leg: Leg) -> QueryRequest {
    let (using, vector) = match leg.vector {
        LegVector::Dense(dense) => (DENSE, VectorInternal::Dense(dense)),
        LegVector::Words(words) => (WORDS, VectorInternal::Sparse(sparse(words))),
    };
    QueryRequest {
        prefetches: Vec::new(),
        query: Some(ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery {
            query: vector,
            using: Some(using.to_owned()),
        }))),
        filter: Some(filter(leg.scope)),
        score_threshold: None,
        limit: leg.limit,
        offset: 0,
        params: Some(SearchParams {
            hnsw_ef: Some(BEAM.max(leg.limit)),
            ..SearchParams::default()
        }),
        with_vector: WithVector::Bool(false),
        with_payload: WithPayloadInterface::Bool(false),
    }
}

fn sparse(vector: crate::sparse::SparseVector) -> qdrant_edge::SparseVector {
    qdrant_edge::SparseVector {
        indices: vector.indices,
        values: vector.values,
    }
}

/// What was asked for of a point; none where its id is none of ours.
pub(super) fn record(record: qdrant_edge::Record) -> Option<Record> {
    let dense = match record.vector {
        Some(VectorStructInternal::Named(mut vectors)) => match vectors.remove(DENSE) {
            Some(VectorInternal::Dense(dense)) => Some(dense),
            Some(VectorInternal::Sparse(_) | VectorInternal::MultiDense(_)) | None => None,
        },
        Some(VectorStructInternal::Single(_) | VectorStructInternal::MultiDense(_)) | None => None,
    };
    Some(Record {
        id: uuid(record.id)?,
        payload: record.payload.unwrap_or_default().0,
        dense,
    })
}

pub(super) fn uuid(id: PointId) -> Option<uuid::Uuid> {
    match id {
        PointId::Uuid(id) => Some(id),
        PointId::NumId(_) => None,
    }
}
