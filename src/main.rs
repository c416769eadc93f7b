//! Arguments in, exit code out.

fn main() -> watertight::cli::Exit {
    watertight::cli::run(std::env::args_os())
}
