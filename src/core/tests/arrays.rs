//! What is known of arrays, frames and tensors, and of the loops that go through them.

use hotlint_core::ast::{AnyNodeRef, Expr};
use hotlint_core::python::{Array, Facts, Outcome, PythonVersion, Shape, Source, Versions, parse};

/// Parses `code` and asks something of its facts.
fn asked<T>(code: &str, ask: impl for<'a> FnOnce(&Facts<'a>) -> T) -> T {
    let source = Source::module("example.py", code);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::since(PythonVersion::PY39))
        .expect("the example is flat");
    ask(&facts)
}

/// What kind of array the last expression statement gives.
fn array(code: &str) -> Option<Array> {
    asked(code, |facts| {
        let last = facts.tree.nodes().iter().rev().find_map(|node| match node {
            AnyNodeRef::StmtExpr(stmt) => Some(&*stmt.value),
            _ => None,
        });
        facts.array(last?)
    })
}

/// How the accumulations of an example are written.
fn shapes(code: &str) -> Vec<Shape> {
    asked(code, |facts| {
        let nodes = facts.tree.nodes().iter();
        nodes
            .filter(|node| node.is_stmt_assign())
            .filter_map(|node| facts.accumulation(*node))
            .map(|found| found.shape)
            .collect()
    })
}

/// What the first `for` statement does with the values of arrays.
fn outcome(body: &str) -> Option<Outcome> {
    let code = format!(
        "import numpy as np\ndef f(a: np.ndarray, b: np.ndarray, k, g):\n    out = []\n    total = 0\n{body}"
    );
    asked(&code, |facts| {
        let mut nodes = facts.tree.nodes().iter();
        nodes.find_map(|node| match node {
            AnyNodeRef::StmtFor(stmt) => Some(facts.vector_loop(stmt).map(|found| found.outcome)),
            _ => None,
        })?
    })
}

#[test]
fn arrays_stay_arrays_through_operators_slices_and_masks() {
    let numpy = "import numpy as np\na = np.zeros(9)\n";
    for expr in ["a", "a + 1", "2 * a", "a[1:]", "a[a > 3]", "-a", "a > 3"] {
        assert_eq!(
            array(&format!("{numpy}{expr}")),
            Some(Array::Numpy),
            "{expr}"
        );
    }
    for expr in ["a[0]", "len(a)", "a.tolist()", "a.shape", "[1]"] {
        assert_eq!(array(&format!("{numpy}{expr}")), None, "{expr}");
    }
    let pandas = "import pandas as pd\ndf = pd.read_csv(p)\n";
    for (expr, kind) in [
        ("df", Array::Frame),
        ("df[df['a'] > 3]", Array::Frame),
        ("df[1:]", Array::Frame),
        ("df['a']", Array::Series),
        ("df['a'][1:]", Array::Series),
        ("df['a'].to_numpy()", Array::Numpy),
    ] {
        assert_eq!(array(&format!("{pandas}{expr}")), Some(kind), "{expr}");
    }
}

#[test]
fn what_only_frames_have_tells_a_frame_where_the_file_imports_pandas() {
    let is_frame = |code: &str| {
        asked(code, |facts| {
            let mut nodes = facts.tree.nodes().iter();
            nodes.any(|node| match node {
                AnyNodeRef::ExprCall(call) => match &*call.func {
                    Expr::Attribute(method) => facts.is_of(&method.value, Array::Frame, "iterrows"),
                    _ => false,
                },
                _ => false,
            })
        })
    };
    assert!(is_frame(
        "import pandas as pd\ndef f(x):\n    x.iterrows()\n"
    ));
    assert!(!is_frame("def f(x):\n    x.iterrows()\n"));
    assert!(!is_frame(
        "import pandas as pd\ndef f(x: list):\n    x.iterrows()\n"
    ));
    let own = "import pandas as pd\nclass A:\n    def iterrows(self): pass\ndef f(x):\n    x.iterrows()\n";
    assert!(!is_frame(own));
}

#[test]
fn joining_to_itself_is_an_accumulation() {
    let in_loop = |line: &str| {
        format!(
            "import numpy as np\nimport pandas as pd\nimport torch\ndf = pd.DataFrame()\nfor x in xs:\n    {line}\n"
        )
    };
    for (line, package) in [
        ("a = np.append(a, x)", "numpy"),
        ("a = np.concatenate((a, x))", "numpy"),
        ("a = np.vstack([x, a])", "numpy"),
        ("df = pd.concat([df, x])", "pandas"),
        ("df = df.append(x)", "pandas"),
        ("df.loc[len(df)] = x", "pandas"),
        ("df.loc[df.shape[0]] = x", "pandas"),
        ("t = torch.cat([t, x])", "torch"),
    ] {
        assert_eq!(shapes(&in_loop(line)), [Shape::Joined(package)], "{line}");
    }
    for line in [
        "a = np.append(b, x)",
        "a = np.concatenate([a])",
        "a = a.append(x)",
        "df.loc[x] = 1",
        "df.loc[df.index[x], 'c'] = 1",
        "a = np.array(a)",
    ] {
        assert_eq!(shapes(&in_loop(line)), [], "{line}");
    }
}

#[test]
fn loops_over_values_are_told_by_what_becomes_of_them() {
    for (body, expected) in [
        (
            "    for i in range(len(a)):\n        b[i] = a[i] * k\n",
            Outcome::Array,
        ),
        ("    for x in a:\n        total += x * x\n", Outcome::Sum),
        (
            "    for i, x in enumerate(a):\n        y = x + 1\n        b[i] = y * k\n",
            Outcome::Array,
        ),
        (
            "    for x in a:\n        out.append(x * 2)\n",
            Outcome::List,
        ),
        (
            "    for i in range(k):\n        b[i] = a[i + 1] - a[i]\n",
            Outcome::Array,
        ),
    ] {
        assert_eq!(outcome(body), Some(expected), "{body}");
    }
}

#[test]
fn loops_that_carry_something_over_or_call_other_code_are_none() {
    for body in [
        "    for i in range(len(a)):\n        a[i] = a[i - 1] * k\n",
        "    for i in range(len(a)):\n        b[i] = total\n        total += a[i]\n",
        "    for x in a:\n        if x > 3:\n            break\n        total += x\n",
        "    for i in range(len(a)):\n        b[i] = g(a[i])\n",
        "    for x in a:\n        b[x] += 1\n",
        "    for i in range(5):\n        b[i] = a[i] * k\n",
        "    for i in range(len(a)):\n        b[i] = a[i] + 1\n        b[i + 1] = a[i]\n",
        "    for x in out:\n        total += x * x\n",
    ] {
        assert_eq!(outcome(body), None, "{body}");
    }
}
