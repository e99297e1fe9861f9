//! What the facts say of all operations, in one loop over them.

use cloudinary_provisioning_fake::FakeAccount;
use http::Request;
use serde_json::{Map, Value, json};

use crate::common::account;

fn operations() -> Vec<Value> {
    let facts: Value = serde_json::from_str(include_str!("../../src/facts/facts.json")).unwrap();
    facts["operations"].as_array().unwrap().clone()
}

/// A value that fits.
fn sample(shape: &Value) -> Value {
    match shape["type"].as_str().unwrap() {
        "string" if shape["enum"].is_array() => shape["enum"][0].clone(),
        "string" if shape["format"] == "date" => json!("2026-01-31"),
        "string" => json!("text"),
        "boolean" => json!(true),
        "integer" => json!(1),
        "array" => json!([sample(&shape["items"])]),
        _ => shape["fields"].as_object().map_or_else(
            || json!({}),
            |fields| fields.iter().map(|(name, shape)| (name.clone(), sample(shape))).collect::<Map<_, _>>().into(),
        ),
    }
}

/// A value of another type.
fn misfit(shape: &Value) -> Value {
    match shape["type"].as_str().unwrap() {
        "string" => json!(["a"]),
        _ => json!("misfit"),
    }
}

struct Call {
    operation: Value,
    query: Vec<(String, Value)>,
    body: Map<String, Value>,
}

impl Call {
    fn full(operation: &Value) -> Self {
        let query = operation["parameters"].as_array().unwrap().iter().filter(|parameter| parameter["in"] == "query");
        let query =
            query.map(|parameter| (parameter["name"].as_str().unwrap().to_owned(), sample(parameter))).collect();
        let fields = operation["body"]["shape"]["fields"].as_object().cloned().unwrap_or_default();
        let body = fields.iter().map(|(name, shape)| (name.clone(), sample(shape))).collect();
        Self { operation: operation.clone(), query, body }
    }

    fn send(&self, account: &mut FakeAccount) -> (u16, String) {
        let path = self.operation["path"].as_str().unwrap().replace("{account_id}", "acc");
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.query {
            match value {
                Value::String(text) => query.append_pair(name, text),
                value => query.append_pair(name, &value.to_string()),
            };
        }
        let target = format!("{path}?{}", query.finish()).replace(['{', '}'], "");
        let mut request = Request::builder()
            .method(self.operation["method"].as_str().unwrap())
            .uri(target)
            .header("authorization", account.authorization());
        let body = if self.operation["body"].is_null() {
            String::new()
        } else {
            request = request.header("content-type", "application/json");
            Value::from(self.body.clone()).to_string()
        };
        let response = account.respond(request.body(body.into_bytes()).unwrap());
        (response.status().as_u16(), String::from_utf8(response.into_body()).unwrap())
    }
}

#[test]
fn every_operation_is_built() {
    for operation in operations() {
        let mut account = account();
        let (status, body) = Call::full(&operation).send(&mut account);
        assert_ne!(status, 501, "{}: {body}", operation["operationId"]);
        assert!(status < 500, "{}: {body}", operation["operationId"]);
        assert_eq!(account.requests().next().unwrap().operation, operation["operationId"].as_str());
    }
}

#[test]
fn what_is_required_and_missing_is_a_400_that_names_it() {
    let mut seen = 0;
    for operation in operations() {
        let whole = Call::full(&operation);
        let required = |shape: &Value| shape["required"] == true;
        for parameter in operation["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            if parameter["in"] == "query" && required(parameter) {
                let query = whole.query.iter().filter(|(known, _)| known != name).cloned().collect();
                let call = Call { query, body: whole.body.clone(), operation: operation.clone() };
                assert_names(&call, name);
                seen += 1;
            }
        }
        for (name, _) in
            operation["body"]["shape"]["fields"].as_object().into_iter().flatten().filter(|(_, shape)| required(shape))
        {
            let mut call = Call::full(&operation);
            call.body.remove(name);
            assert_names(&call, name);
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn a_value_of_another_type_is_a_400_that_names_it() {
    let mut seen = 0;
    for operation in operations() {
        let query = operation["parameters"].as_array().unwrap().iter().filter(|parameter| parameter["in"] == "query");
        for parameter in query.filter(|parameter| matches!(parameter["type"].as_str(), Some("boolean" | "integer"))) {
            let mut call = Call::full(&operation);
            let name = parameter["name"].as_str().unwrap();
            call.query.iter_mut().filter(|(known, _)| known == name).for_each(|(_, value)| *value = misfit(parameter));
            assert_names(&call, name);
            seen += 1;
        }
        for (name, shape) in operation["body"]["shape"]["fields"].as_object().into_iter().flatten() {
            let mut call = Call::full(&operation);
            call.body.insert(name.clone(), misfit(shape));
            assert_names(&call, name);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn a_choice_that_there_is_not_is_a_400_that_names_it() {
    let mut seen = 0;
    for operation in operations() {
        for place in 0..Call::full(&operation).query.len() {
            let mut call = Call::full(&operation);
            let (name, value) = &mut call.query[place];
            let name = name.clone();
            let known =
                operation["parameters"].as_array().unwrap().iter().find(|parameter| parameter["name"] == name.as_str());
            if known.is_some_and(|parameter| parameter["enum"].is_array()) {
                *value = json!("nonsense");
                assert_names(&call, &name);
                seen += 1;
            }
        }
    }
    assert!(seen > 15, "{seen}");
}

fn assert_names(call: &Call, name: &str) {
    let (status, body) = call.send(&mut account());
    let id = &call.operation["operationId"];
    assert_eq!(status, 400, "{id} {name}: {body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.starts_with(name), "{id} {name}: {message}");
}
