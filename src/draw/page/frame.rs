//! The frame of the page: its policy, its style and script, and the verdict as it stands without a script.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::Outlook;
use super::model::Page;
use crate::draw::chart::Chart;
use crate::report::{Paragraph, TogetherRow, safe_line};

/// The look of the page, for screens in light and in dark, and for paper.
const STYLES: [&str; 3] = [include_str!("page.css"), include_str!("../chart.css"), include_str!("print.css")];

/// The script, in the order in which its parts use each other.
const SCRIPTS: [&str; 11] = [
    include_str!("script/data.js"),
    include_str!("script/elements.js"),
    include_str!("script/picture.js"),
    include_str!("script/around.js"),
    include_str!("script/matrix.js"),
    include_str!("script/panel.js"),
    include_str!("script/features.js"),
    include_str!("script/findings.js"),
    include_str!("script/overview.js"),
    include_str!("script/search.js"),
    include_str!("script/page.js"),
];

/// What stands between the head and the data; `{…}` is filled in.
const BODY: &str = include_str!("page.html");

/// The page as one document.
pub(super) fn framed(page: &Page, outlook: &Outlook) -> String {
    // A checkout may have turned line feeds into something else, which a browser turns back before it hashes.
    let style = STYLES.concat().replace("\r\n", "\n");
    let script = format!("'use strict';\n(() => {{\n{}}})();\n", SCRIPTS.concat()).replace("\r\n", "\n");
    let filled = [
        ("{policy}", policy(&style, &script)),
        ("{title}", escaped(&title(page))),
        ("{style}", style),
        ("{state}", page.verdict.state.to_owned()),
        ("{word}", page.verdict.word.to_owned()),
        ("{line}", escaped(&page.verdict.line)),
        ("{summary}", summary(&outlook.summary)),
        ("{history}", outlook.history.as_ref().map(history).unwrap_or_default()),
        ("{together}", together(&outlook.together)),
        ("{data}", json(page)),
        ("{script}", script),
    ];
    // Each is put in once, from the front: nothing that was put in is searched.
    let mut document = String::new();
    let mut rest = BODY;
    for (name, text) in &filled {
        if let Some((before, after)) = rest.split_once(name) {
            document += before;
            document += text;
            rest = after;
        }
    }
    document + rest
}

/// What those read first who decide.
fn summary(paragraphs: &[Paragraph]) -> String {
    if paragraphs.is_empty() {
        return String::new();
    }
    let told = paragraphs.iter().map(|Paragraph { title, sentences, items }| {
        let items: String = items.iter().map(|item| format!("<li>{}</li>\n", coded(item))).collect();
        let items = if items.is_empty() { items } else { format!("<ol>\n{items}</ol>\n") };
        format!("<div>\n<h2>{}</h2>\n<p>{}</p>\n{items}</div>\n", escaped(title), coded(&sentences.join(" ")))
    });
    format!("<div class=\"summary\">\n{}</div>\n", told.collect::<String>())
}

/// What became of the numbers.
fn history(chart: &Chart) -> String {
    let listed =
        |all: &[String]| all.iter().map(|one| format!("<li>{}</li>", escaped(one))).collect::<String>();
    let steps = chart.steps.iter().enumerate().map(|(at, step)| {
        let more = match step.more {
            0 => String::new(),
            more => format!("<li>and {more} more</li>"),
        };
        format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td><ul>{}</ul></td><td><ul>{}{more}</ul></td></tr>\n",
            at + 1,
            escaped(&step.what),
            listed(&step.by),
            listed(&step.couplings)
        )
    });
    let steps = match chart.steps.is_empty() {
        true => String::new(),
        false => format!(
            "<table>\n<thead><tr><th scope=\"col\">#</th><th scope=\"col\">what changed most</th><th scope=\"col\">by whom\
             </th><th scope=\"col\">couplings</th></tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
            steps.collect::<String>()
        ),
    };
    format!(
        "<section id=\"history\" aria-labelledby=\"history-title\">\n<h2 id=\"history-title\">History</h2>\n\
         <p class=\"lead\">{}</p>\n<div class=\"past\">\n{}{steps}</div>\n</section>\n",
        escaped(&chart.about),
        chart.element()
    )
}

/// Where what is said to be independent is not: what changes in the same commits.
fn together(rows: &[TogetherRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let told = rows.iter().map(|TogetherRow { names: [one, other], shared, confidence, newest }| {
        let newest: String = newest.iter().map(|one| format!("<li>{}</li>", escaped(one))).collect();
        format!(
            "<tr><th scope=\"row\">{}</th><th scope=\"row\">{}</th><td>{shared}</td><td>{}</td><td>{}</td>\
             <td><ul>{newest}</ul></td></tr>\n",
            escaped(one),
            escaped(other),
            escaped(&confidence[0]),
            escaped(&confidence[1])
        )
    });
    format!(
        "<section id=\"together\" aria-labelledby=\"together-title\">\n<h2 id=\"together-title\">Changes together</h2>\n\
         <p class=\"lead\">Features that change in the same commits although no responsibility and no coupling ties them: here \
         the specification and the reality differ. Merges, programs, sweeps and commits that change nearly everything don't \
         count.</p>\n<div class=\"past\">\n<table>\n<thead><tr><th scope=\"col\">feature</th><th scope=\"col\">and</th>\
         <th scope=\"col\">commits of both</th><th scope=\"col\">of the first</th><th scope=\"col\">of the second</th>\
         <th scope=\"col\">the newest</th></tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n</section>\n",
        told.collect::<String>()
    )
}

/// A sentence of ours: what stands between backticks is code.
fn coded(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let part = |(at, part): (usize, &&str)| match at % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

fn title(page: &Page) -> String {
    match page.title.is_empty() {
        true => "watertight".to_owned(),
        false => format!("{} – watertight", page.title),
    }
}

/// Nothing may be loaded, run or sent, but this style and this script.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(script),
        hash(style)
    )
}

/// A text between tags.
fn escaped(text: &str) -> String {
    safe_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The data, in which nothing ends the element that it stands in, or begins a comment.
fn json(page: &Page) -> String {
    // Strings and numbers always serialize.
    let json = serde_json::to_string(page).unwrap_or_default();
    let json = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    json.replace("##", "#\\u0023").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::{SCRIPTS, STYLES, escaped, policy};

    /// Known answers: of SHA-256 of the empty text, in Base64.
    #[test]
    fn the_policy_names_hashes_as_browsers_do() {
        assert!(policy("", "").contains("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"));
    }

    #[test]
    fn no_text_is_markup() {
        assert_eq!(escaped("<b a=\"&\">"), "&lt;b a=&quot;&amp;&quot;&gt;");
    }

    /// A script that could end its own element, or make markup of text, would be no use of all this.
    #[test]
    fn the_script_makes_no_markup_of_text() {
        for part in SCRIPTS {
            for word in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "</", "<!--"]
            {
                assert!(!part.contains(word), "{word}");
            }
        }
        for part in STYLES {
            assert!(!part.contains("</") && !part.contains("url(") && !part.contains("@import"));
        }
    }
}
