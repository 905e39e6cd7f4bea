// Tokenises every `.gpb` file as VS Code does and compares with what the parser sees.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const require = createRequire(import.meta.url);
const root = process.env.GPB_ROOT;
const expected = JSON.parse(readFileSync(process.env.GPB_EXPECTED, "utf8"));
const grammarPath = path.join(root, "editors/vscode/syntaxes/generated/gpb.tmLanguage.json");

const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
await oniguruma.loadWASM(wasm);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => textmate.parseRawGrammar(readFileSync(grammarPath, "utf8"), grammarPath),
});
const grammar = await registry.loadGrammar("source.gpb");

/** The tokens of each line: `{ start, end, text, scopes }`, scopes without `source.gpb`. */
function tokenise(text) {
  let stack = textmate.INITIAL;
  return text.split(/\r?\n/).map((line) => {
    const result = grammar.tokenizeLine(line, stack);
    assert.equal(result.stoppedEarly, false);
    stack = result.ruleStack;
    return result.tokens.map(({ startIndex, endIndex, scopes }) => ({
      start: startIndex,
      end: Math.min(endIndex, line.length),
      text: line.slice(startIndex, endIndex),
      scopes: scopes.slice(1),
    }));
  });
}

/** The tokens of one line of text. */
function line(text) {
  return tokenise(text)[0];
}

const has = (token, prefix) => token.scopes.some((scope) => scope === prefix || scope.startsWith(`${prefix}.`));
const innermost = (token) => token.scopes.at(-1) ?? "";
const isKeyword = (token) => /^(keyword\.(control|other)|storage)\./.test(innermost(token)) && !innermost(token).startsWith("keyword.other.unit");

/** What a piece the parser sees must look like. */
const accepts = {
  keyword: isKeyword,
  comment: (token) => has(token, "comment"),
  string: (token) => has(token, "string") && !has(token, "comment"),
  number: (token) => has(token, "constant.numeric") || has(token, "keyword.other.unit"),
  name: (token) => /^(entity|variable|support|constant)\./.test(innermost(token)),
  operator: (token) => innermost(token).startsWith("keyword.operator"),
};

function place(file, row, token) {
  return `${path.relative(root, file.path)}:${row + 1}:${token.start + 1} ${JSON.stringify(token.text)} is [${token.scopes.join(" ")}]`;
}

test("the corpus is there", () => {
  assert.ok(expected.files.filter((file) => file.valid).length >= 10);
});

test("every piece is scoped as what the parser sees in it", () => {
  const wrong = [];
  for (const file of expected.files.filter((file) => file.valid)) {
    const lines = tokenise(readFileSync(file.path, "utf8"));
    for (const [kind, row, column, length, rule] of file.tokens) {
      const over = lines[row].filter((token) => token.start < column + length && token.end > column);
      assert.ok(over.length > 0, `${file.path}:${row + 1}:${column + 1} has no token`);
      for (const token of over) {
        if (!accepts[kind](token)) wrong.push(`${place(file, row, token)} and not ${kind} (${rule})`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test("nothing else is scoped as a keyword, a comment or a number", () => {
  const wrong = [];
  for (const file of expected.files.filter((file) => file.valid)) {
    const lines = tokenise(readFileSync(file.path, "utf8"));
    const seen = (row, token, kind) =>
      file.tokens.some(([k, r, column, length]) => k === kind && r === row && token.start >= column && token.end <= column + length);
    lines.forEach((tokens, row) => {
      for (const token of tokens) {
        if (isKeyword(token) && !seen(row, token, "keyword")) wrong.push(place(file, row, token));
        if (has(token, "comment") && !seen(row, token, "comment")) wrong.push(place(file, row, token));
        if (has(token, "constant.numeric") && !seen(row, token, "number")) wrong.push(place(file, row, token));
      }
    });
  }
  assert.deepEqual(wrong, []);
});

test("nothing but blanks is left without a scope", () => {
  const bare = [];
  for (const file of expected.files.filter((file) => file.valid)) {
    tokenise(readFileSync(file.path, "utf8")).forEach((tokens, row) => {
      for (const token of tokens) {
        if (token.scopes.length === 0 && token.text.trim() !== "") bare.push(place(file, row, token));
      }
    });
  }
  assert.deepEqual(bare, []);
});

test("no file, however broken, has an invalid token or is refused", () => {
  for (const file of expected.files) {
    tokenise(readFileSync(file.path, "utf8")).forEach((tokens, row) => {
      for (const token of tokens) {
        assert.ok(!token.scopes.some((scope) => scope.startsWith("invalid")), place(file, row, token));
      }
    });
  }
});

/** Asserts the innermost scope of each piece of one line, in order; pieces not named are passed over. */
function scopes(text, pieces) {
  const tokens = line(text);
  let from = 0;
  for (const [piece, scope] of pieces) {
    const index = tokens.findIndex((token, at) => at >= from && token.text.trim() === piece);
    assert.ok(index >= 0, `${JSON.stringify(piece)} is no token of its own in ${JSON.stringify(tokens.map((token) => token.text))}`);
    assert.equal(innermost(tokens[index]), `${scope}.gpb`, piece);
    from = index + 1;
  }
}

test("items and their names", () => {
  scopes("environment live of gpubroker {", [
    ["environment", "storage.type.environment"],
    ["live", "entity.name.type.environment"],
    ["of", "keyword.other.of"],
    ["gpubroker", "entity.other.inherited-class.stack"],
  ]);
  scopes("component queue {", [["component", "storage.type.component"], ["queue", "entity.name.type.component"]]);
  scopes("fn label(kind: string) -> string = lower(kind)", [
    ["fn", "storage.type.function"],
    ["label", "entity.name.function"],
    ["kind", "variable.parameter"],
    ["string", "support.type"],
    ["->", "keyword.operator.arrow"],
    ["string", "support.type"],
    ["lower", "support.function.builtin"],
  ]);
});

test("keywords are contextual", () => {
  scopes('  type = "A"', [["type", "variable.other.property"]]);
  scopes("  layer = 3", [["layer", "variable.other.property"]]);
  scopes("  key data {", [["key", "entity.name.function.head"], ["data", "entity.name.type.label"]]);
  scopes("  for s in all key s.name {", [["for", "keyword.control.for"], ["in", "keyword.control.in"], ["key", "keyword.control.key"]]);
  scopes("  a = [for key, t in all: key]", [["key", "variable.parameter"], ["key", "variable.other.readwrite"]]);
});

test("resources", () => {
  scopes("  resource aws.sqs.queue jobs in recovery {", [
    ["resource", "storage.type.resource"],
    ["aws.sqs.queue", "support.class.resource"],
    ["jobs", "entity.name.type.resource"],
    ["in", "keyword.control.in"],
    ["recovery", "variable.other.readwrite"],
  ]);
});

test("numbers with their units", () => {
  scopes("  a = 30s", [["30", "constant.numeric"], ["s", "keyword.other.unit"]]);
  scopes("  a = 2..8 ACU", [["2", "constant.numeric"], ["..", "keyword.operator.range"], ["8", "constant.numeric"], ["ACU", "keyword.other.unit"]]);
  scopes("  a = $0.25", [["$", "keyword.other.unit"], ["0.25", "constant.numeric"]]);
  scopes("  a = 1000/min", [["1000", "constant.numeric"], ["/min", "keyword.other.unit"]]);
  scopes("  a = 70%", [["70", "constant.numeric"], ["%", "keyword.other.unit"]]);
});

test("text with expressions in it, however deep", () => {
  const tokens = line('  a = "x${lower("y${b}")}z"');
  const b = tokens.find((token) => token.text === "b");
  assert.equal(innermost(b), "variable.other.readwrite.gpb");
  assert.equal(b.scopes.filter((scope) => scope.startsWith("meta.embedded")).length, 2);
  const z = tokens.find((token) => token.text === "z");
  assert.equal(innermost(z), "string.quoted.double.gpb");
});

test("a quote that is not closed ends with its line", () => {
  const lines = tokenise('  a = "x${b\n  c = 1');
  assert.equal(innermost(lines[1].find((token) => token.text === "c")), "variable.other.property.gpb");
});

test("a block of text", () => {
  const lines = tokenise('  a = """\n    x // no comment ${b}\n    """\n  c = 1');
  assert.ok(has(lines[1][0], "string.quoted.triple"));
  assert.equal(innermost(lines[1].find((token) => token.text === "b")), "variable.other.readwrite.gpb");
  assert.equal(innermost(lines[3].find((token) => token.text === "c")), "variable.other.property.gpb");
});
