//! Arguments in, exit code out.

fn main() -> watertight::cli::Exit {
    watertight::cli::run(std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()))
}
