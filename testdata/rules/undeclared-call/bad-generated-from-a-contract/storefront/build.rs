fn main() {
    println!("cargo:rerun-if-changed=../users/proto/users.proto");
    tonic_build::configure()
        .build_server(false)
        .compile_protos(&["users.proto"], &["../users/proto"])
        .expect("generated");
}
