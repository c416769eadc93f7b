//! A client.

progenitor::generate_api!(
    spec = "../users/openapi.json",
    interface = Builder,
);
