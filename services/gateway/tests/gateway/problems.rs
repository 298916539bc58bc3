//! What every path has in common.

use reqwest::Method;

use crate::harness::{Gateway, problem, send, soon, whole_problem};

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_that_explain_themselves() {
    let gateway = Gateway::start().await;
    for path in [
        "/nothing",
        "/api",
        "/api/nothing",
        "/api/files/",
        "/problems/nothing",
    ] {
        problem(gateway.get(path), 404, "unknown_route").await;
    }
    for (method, path, allowed) in [
        (Method::GET, "/api/ask", "POST"),
        (Method::DELETE, "/api/files", "POST"),
        (Method::POST, "/livez", "GET"),
        (Method::PATCH, "/api/files/a.csv", "PUT"),
    ] {
        let response = soon(gateway.request(method, path).send()).await.unwrap();
        let allow = response.headers()["allow"].to_str().unwrap().to_owned();
        assert!(allow.contains(allowed), "{path}: {allow}");
        whole_problem(response, 405, "method_not_allowed").await;
    }
    let found = problem(gateway.get("/nothing"), 404, "unknown_route").await;
    let (status, explained) = send(gateway.get(found["type"].as_str().unwrap())).await;
    assert_eq!(
        (status.as_u16(), &explained["title"], &explained["status"]),
        (200, &found["title"], &found["status"])
    );
}
