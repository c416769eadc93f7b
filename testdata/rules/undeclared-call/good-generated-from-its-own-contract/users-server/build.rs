fn main() {
    tonic_build::configure()
        .build_client(false)
        .compile_protos(&["../users/proto/users.proto"], &["../users/proto"])
        .expect("generated");
}
