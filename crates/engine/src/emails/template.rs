//! Rendering a product's template: an unknown placeholder is an error, and so is an endless loop.

use domain::template::{PLACEHOLDERS, is_placeholder};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use super::calculation;

/// Steps that a template may take; the default template takes under a hundred.
const FUEL: u64 = 50_000;
/// A rendered body is at most this long, in bytes.
const LONGEST: usize = 512 * 1024;

/// Subject of products that have no own.
pub const DEFAULT_SUBJECT: &str = "Your {{ProductName}} license";

/// Body of products that have no own.
pub const DEFAULT_BODY: &str = "Thank you for buying {{ProductName}}.

Your activation key:

{{ActivationKey}}

Keep this mail: the key is yours. It was sent to {{CustomerEmail}}.
";

/// What a template may name.
#[derive(Clone)]
pub struct Values {
    /// `{{ActivationKey}}`: all keys of the order, one a line.
    pub activation_key: String,
    /// `{{ProductName}}`.
    pub product_name: String,
    /// `{{CustomerEmail}}`.
    pub customer_email: String,
}

/// A mail's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML, where the template is HTML.
    pub html: Option<String>,
}

/// Which of the two templates is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// `emailSubject` or `emailTemplate`.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// Renders subject and body. Empty templates mean the defaults. A body that begins with `<` is
/// HTML: values are escaped, and a plain text is made beside it.
pub fn render(subject: &str, body: &str, values: &Values) -> Result<Rendered, TemplateError> {
    let subject = or_default(subject, DEFAULT_SUBJECT);
    let body = or_default(body, DEFAULT_BODY);
    let subject = one("emailSubject", subject, values)?;
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    if !body.trim_start().starts_with('<') {
        let text = one("emailTemplate", body, values)?;
        return Ok(Rendered {
            subject,
            text,
            html: None,
        });
    }
    let lines = Values {
        activation_key: values.activation_key.replace('\n', "<br>"),
        ..escaped(values)
    };
    let html = one("emailTemplate", body, &lines)?;
    Ok(Rendered {
        subject,
        text: plain(&html),
        html: Some(html),
    })
}

/// Tries a template with example values, so that a wrong one is refused before it is saved.
pub fn check(subject: &str, body: &str) -> Result<(), TemplateError> {
    let values = Values {
        activation_key: "AAAA-BBBB-CCCC-DDDD".into(),
        product_name: "Example".into(),
        customer_email: "buyer@example.com".into(),
    };
    render(subject, body, &values)?;
    // Also what the example values do not lead to: the first mail that does would never be sent.
    for (field, template) in [("emailSubject", subject), ("emailTemplate", body)] {
        let unknown = unknown(&Environment::new(), template);
        if !unknown.is_empty() {
            let message = not_known("", &unknown);
            return Err(TemplateError { field, message });
        }
    }
    Ok(())
}

fn or_default<'a>(given: &'a str, default: &'a str) -> &'a str {
    if given.trim().is_empty() {
        default
    } else {
        given
    }
}

fn one(field: &'static str, template: &str, values: &Values) -> Result<String, TemplateError> {
    if let Some(sign) = calculation::sign_in(template) {
        return Err(TemplateError {
            field,
            message: format!("Take the {sign} out of the braces: a mail calculates nothing."),
        });
    }
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(20);
    // Values are escaped before they come here, where the template is HTML.
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let context = minijinja::context! {
        ActivationKey => &values.activation_key,
        ProductName => &values.product_name,
        CustomerEmail => &values.customer_email,
    };
    let mut bounded = Bounded(Vec::new());
    environment
        .template_from_str(template)
        .and_then(|t| t.render_captured_to(context, &mut bounded).map(drop))
        .map_err(|error| explain(field, &error, &unknown(&environment, template)))?;
    String::from_utf8(bounded.0).map_err(|_| TemplateError {
        field,
        message: "The template does not make readable text.".into(),
    })
}

/// What a template names that nobody knows, in the alphabet's order.
fn unknown(environment: &Environment<'_>, template: &str) -> Vec<String> {
    let Ok(template) = environment.template_from_str(template) else {
        return Vec::new();
    };
    let is_built_in = |name: &str| environment.globals().any(|(known, _)| known == name);
    let mut names: Vec<_> = template
        .undeclared_variables(false)
        .into_iter()
        .filter(|name| !is_placeholder(name) && !is_built_in(name))
        .map(|name| format!("{{{{{name}}}}}"))
        .collect();
    names.sort_unstable();
    names
}

fn explain(field: &'static str, error: &minijinja::Error, unknown: &[String]) -> TemplateError {
    use minijinja::ErrorKind;
    let line = error
        .line()
        .map_or_else(String::new, |l| format!(" in line {l}"));
    let message = match (error.kind(), unknown) {
        (ErrorKind::UndefinedError, []) => {
            format!(
                "A placeholder{line} has parts that it does not have. {}",
                known()
            )
        }
        (ErrorKind::UndefinedError, unknown) => not_known(&line, unknown),
        (ErrorKind::OutOfFuel, _) => {
            "The template never comes to an end. Take the loop out, or make it shorter.".into()
        }
        (ErrorKind::WriteFailure, _) => {
            "The template makes a mail of more than 512 KiB. Make it shorter.".into()
        }
        _ => format!("The template cannot be read{line}. Check that every {{{{ has its }}}}."),
    };
    TemplateError { field, message }
}

/// Which names are not known, and which are.
fn not_known(line: &str, unknown: &[String]) -> String {
    match unknown {
        [name] => format!("{name}{line} is not known. {}", known()),
        [first @ .., last] => format!("{} and {last} are not known. {}", first.join(", "), known()),
        [] => known(),
    }
}

/// `Known are {{A}}, {{B}} and {{C}}.`
fn known() -> String {
    let names = PLACEHOLDERS.map(|placeholder| format!("{{{{{}}}}}", placeholder.name));
    let [first @ .., last] = &names;
    format!("Known are {} and {last}.", first.join(", "))
}

/// A writer that refuses to grow without end: fuel counts steps, not bytes.
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(std::io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn escaped(values: &Values) -> Values {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;")
    };
    Values {
        activation_key: escape(&values.activation_key),
        product_name: escape(&values.product_name),
        customer_email: escape(&values.customer_email),
    }
}

/// The text of an HTML body: tags out, line breaks kept, the common entities read.
fn plain(html: &str) -> String {
    let html = html
        .replace("<br>", "\n")
        .replace("<br/>", "\n")
        .replace("</p>", "\n\n");
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values {
            activation_key: "AAAA-AAAA-AAAA-AAAA\nBBBB-BBBB-BBBB-BBBB".into(),
            product_name: "Atlas <Studio>".into(),
            customer_email: "a@example.com".into(),
        }
    }

    #[test]
    fn the_default_template_names_every_key_on_its_own_line() {
        let mail = render("", "", &values()).expect("renders");
        assert_eq!(mail.subject, "Your Atlas <Studio> license");
        assert!(
            mail.text
                .contains("\nAAAA-AAAA-AAAA-AAAA\nBBBB-BBBB-BBBB-BBBB\n")
        );
        assert_eq!(mail.html, None);
    }

    #[test]
    fn an_html_template_escapes_values_and_has_a_text_beside_it() {
        let mail = render(
            "Key",
            "<p>{{ProductName}}</p><p>{{ActivationKey}}</p>",
            &values(),
        )
        .expect("renders");
        let html = mail.html.expect("is HTML");
        assert!(html.contains("Atlas &lt;Studio&gt;"));
        assert!(html.contains("AAAA-AAAA-AAAA-AAAA<br>BBBB-BBBB-BBBB-BBBB"));
        assert_eq!(
            mail.text,
            "Atlas <Studio>\n\nAAAA-AAAA-AAAA-AAAA\nBBBB-BBBB-BBBB-BBBB"
        );
    }

    #[test]
    fn an_unknown_placeholder_is_named_and_the_known_ones_beside_it() {
        let known = "Known are {{ActivationKey}}, {{ProductName}} and {{CustomerEmail}}.";
        let cases = [
            ("Hello\n{{Nmae}}", "{{Nmae}} in line 2 is not known."),
            ("{{ Nmae|upper }}", "{{Nmae}} in line 1 is not known."),
            (
                "{{B}} {{A}} {{ProductName}}",
                "{{A}} and {{B}} are not known.",
            ),
            (
                "{% for key in ActivationKey|lines %}{{Nmae}}{% endfor %}",
                "{{Nmae}} in line 1 is not known.",
            ),
            ("{{C}} {{A}} {{B}}", "{{A}}, {{B}} and {{C}} are not known."),
            (
                "{% if CustomerEmail != \"buyer@example.com\" %}{{Nmae}}{% endif %}",
                "{{Nmae}} is not known.",
            ),
            (
                "{{Nmae or ProductName}}",
                "{{Nmae}} in line 1 is not known.",
            ),
            (
                "{{ProductName.short.er}}",
                "A placeholder in line 1 has parts that it does not have.",
            ),
        ];
        for (body, said) in cases {
            let error = check("", body).expect_err("refuses");
            assert_eq!(error.field, "emailTemplate");
            assert_eq!(error.message, format!("{said} {known}"), "{body}");
        }
        let error = check("For {{customer}}", "").expect_err("refuses");
        assert_eq!(error.field, "emailSubject");
    }

    #[test]
    fn an_endless_loop_a_giant_and_broken_braces_are_refused() {
        for body in [
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
            "{{ 'x' * 1000000000 }}",
            "{{ [1] * 100000000 }}",
            &format!(
                "{{% set a = ActivationKey|list %}}{}",
                "{% set a = a|chain(a) %}".repeat(40)
            ),
            &format!(
                "{{% set a = ActivationKey %}}{}{{{{ a }}}}",
                "{% set a = a ~ a %}".repeat(40)
            ),
            "{{ ActivationKey",
            "{% include 'other' %}",
        ] {
            assert!(check("", body).is_err(), "{body}");
        }
    }

    #[test]
    fn a_subject_stays_one_line() {
        let mail =
            render("A\r\nBcc: x@example.com {{ActivationKey}}", "", &values()).expect("renders");
        assert!(!mail.subject.contains(['\r', '\n']));
    }
}
