use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::{Request, Response};

const LONGEST_REQUEST: u64 = 64 * 1024;

/// Answers requests on `address` until the process ends.
pub fn serve<F>(address: &str, answer: F) -> io::Result<()>
where
    F: Fn(&Request) -> Response + Sync,
{
    let listener = TcpListener::bind(address)?;
    thread::scope(|scope| {
        for stream in listener.incoming().flatten() {
            let answer = &answer;
            // A client that hangs up early is its own problem.
            scope.spawn(move || handle(stream, answer).ok());
        }
    });
    Ok(())
}

fn handle(mut stream: TcpStream, answer: impl Fn(&Request) -> Response) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let response = match read_request((&stream).take(LONGEST_REQUEST)) {
        Ok(request) => answer(&request),
        Err(error) => Response::bad_request(error),
    };
    write!(
        stream,
        "HTTP/1.1 {} -\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        response.status,
        response.body.len(),
        response.body
    )
}

fn read_request(stream: impl Read) -> io::Result<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "no request line",
        ));
    };
    let (method, path) = (method.to_owned(), path.to_owned());

    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body)?;
    Ok(Request { method, path, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_much_body_as_announced() {
        let bytes = b"POST /orders HTTP/1.1\r\nHost: x\r\ncontent-length: 3\r\n\r\nabcdef";
        let request = read_request(&bytes[..]).unwrap();
        assert_eq!(request, Request::post("/orders", "abc"));
    }

    #[test]
    fn an_empty_request_is_an_error() {
        assert!(read_request(&b""[..]).is_err());
    }
}
