//! The tokens of a source that mean something, in one list.

use ra_ap_rustc_lexer::{DocStyle, FrontmatterAllowed, LiteralKind, TokenKind, strip_shebang, tokenize};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Name,
    /// A name that is written `r#name`; never a keyword.
    Raw,
    /// A text in quotes.
    Text,
    /// A number, a character, a lifetime, or what nobody knows.
    Other,
    /// A comment that is documentation of what follows.
    Doc,
    /// A comment that is documentation of what it stands in.
    InnerDoc,
    /// One character.
    Mark(u8),
}

/// One token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// What stands behind the last token.
pub(super) const END: Token = Token { kind: Kind::Other, start: u32::MAX, end: u32::MAX };

/// All tokens of a text but spaces and comments.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let begin = strip_shebang(text).unwrap_or(0);
    let mut at = u32::try_from(begin).unwrap_or(0);
    // About five bytes for a token, of which a third are spaces.
    let mut found = Vec::with_capacity(text.len() / 6);
    for token in tokenize(text.get(begin..).unwrap_or_default(), FrontmatterAllowed::No) {
        let start = at;
        at = at.saturating_add(token.len);
        let kind = match token.kind {
            TokenKind::Whitespace => continue,
            TokenKind::LineComment { doc_style } | TokenKind::BlockComment { doc_style, .. } => {
                match doc_style {
                    None => continue,
                    Some(DocStyle::Outer) => Kind::Doc,
                    Some(DocStyle::Inner) => Kind::InnerDoc,
                }
            }
            TokenKind::Ident => Kind::Name,
            TokenKind::RawIdent => Kind::Raw,
            TokenKind::Literal { kind: LiteralKind::Str { .. } | LiteralKind::RawStr { .. }, .. } => {
                Kind::Text
            }
            other => mark(&other).map_or(Kind::Other, Kind::Mark),
        };
        found.push(Token { kind, start, end: at });
    }
    found
}

fn mark(kind: &TokenKind) -> Option<u8> {
    Some(match kind {
        TokenKind::Semi => b';',
        TokenKind::Comma => b',',
        TokenKind::Dot => b'.',
        TokenKind::OpenParen => b'(',
        TokenKind::CloseParen => b')',
        TokenKind::OpenBrace => b'{',
        TokenKind::CloseBrace => b'}',
        TokenKind::OpenBracket => b'[',
        TokenKind::CloseBracket => b']',
        TokenKind::Pound => b'#',
        TokenKind::Colon => b':',
        TokenKind::Dollar => b'$',
        TokenKind::Eq => b'=',
        TokenKind::Bang => b'!',
        TokenKind::Lt => b'<',
        TokenKind::Gt => b'>',
        TokenKind::Star => b'*',
        TokenKind::Minus => b'-',
        TokenKind::And => b'&',
        _ => return None,
    })
}
