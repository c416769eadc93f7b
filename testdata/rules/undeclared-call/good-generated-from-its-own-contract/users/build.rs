fn main() {
    tonic_build::compile_protos("proto/users.proto").expect("generated");
}
