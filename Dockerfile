# The tool alone, static, in an image without anything else:
#
#   docker build -t watertight .
#   docker run --rm -v "$PWD:/repository:ro" watertight check
FROM rust:1.95-alpine AS build
WORKDIR /source
COPY . .
# No C library comes along, whatever this image's default is.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN cargo build --locked --release

FROM scratch
COPY --from=build /source/target/release/watertight /watertight
# It reads what lies in the folder, and writes only what it is asked to.
USER 65534:65534
WORKDIR /repository
ENTRYPOINT ["/watertight"]
CMD ["check"]
