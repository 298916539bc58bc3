//! A question that needs two files, answered from both by locked-down workers.

use serde_json::{Value, json};

use crate::harness::{Platform, soon};

const ORDERS: &str = "order_id,customer_id,amount\n\
    501,1,10\n502,2,20\n503,1,30\n504,3,40\n505,2,50\n506,3,60\n507,1,70\n508,2,80\n509,3,90\n510,1,100\n511,,5\n";
const CUSTOMERS: &str = "id,name,region\n1,Ana Reyes,north\n2,Bo Lindt,south\n3,Cai Wen,north\n";
const CHINESE_ORDERS: &str =
    "订单号,客户编号,金额\nD01,K1,10\nD02,k1,20\nD03,K2,30\nD04,K3,40\nD05,K3,50\nD06,K2,60\n";
const CHINESE_CUSTOMERS: &str = "编号,姓名,地区\nK1,丁一,华东\nK2,周舟,华南\nK3,方圆,华东\n";

#[tokio::test(flavor = "multi_thread")]
async fn two_files_answer_what_none_of_them_holds_alone() {
    let platform = Platform::start().await;
    let client = reqwest::Client::new();
    let add = async |name: &str, content: &'static str| -> Value {
        let request = client
            .put(format!("{}/api/files/{name}", platform.http))
            .body(content);
        let added: Value = soon("the file", request.send())
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        added["file"].clone()
    };
    let ask = async |question: &str, files: [&Value; 2]| -> Value {
        let request = client
            .post(format!("{}/api/ask?wait=60", platform.http))
            .json(&json!({ "question": question, "files": files }));
        soon("the answer", request.send())
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };

    let (orders, customers) = (
        add("orders.csv", ORDERS).await,
        add("customers.csv", CUSTOMERS).await,
    );
    let answer = ask("total amount by region", [&orders, &customers]).await;
    assert_eq!(answer["status"], "answered", "{answer:#}");
    assert_eq!(answer["rows"], json!([["north", 400], ["south", 150], [null, 5]]));
    assert_eq!(answer["confidence"]["label"], "verified");
    let trail = &answer["trail"];
    assert_eq!(trail["sources"].as_array().map(Vec::len), Some(2), "{trail:#}");
    assert_eq!(trail["plan"]["join"]["column"], "customer_id");
    let checks = trail["checks"].as_array().unwrap();
    let joined = checks
        .iter()
        .find(|check| check["name"] == "rows joined")
        .unwrap();
    assert_eq!(
        joined["detail"],
        "11 rows before: 10 matched, 0 not, 1 with an empty key; 11 rows after"
    );
    let refused = ask("total amount by supplier", [&orders, &customers]).await;
    assert_eq!(refused["status"], "refused", "{refused:#}");

    let (orders, customers) = (
        add("订单.csv", CHINESE_ORDERS).await,
        add("客户.csv", CHINESE_CUSTOMERS).await,
    );
    let answer = ask("各地区的订单金额", [&orders, &customers]).await;
    assert_eq!(answer["status"], "answered", "{answer:#}");
    assert_eq!(answer["rows"], json!([["华东", 120], ["华南", 90]]));
    assert_eq!(answer["confidence"]["label"], "verified");
    platform.stop().await;
}
