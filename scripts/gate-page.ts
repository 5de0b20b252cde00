// Writes docs/reference/go-no-go.md from the checklist of the gate: node scripts/gate-page.ts
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { causesOf } from "../src/gate/policy/causes.ts"
import { checklist, rowsFor, sampleChannel } from "../src/gate/policy/checklist.ts"
import type { ByRule, FactRule, PolicyRow, ProofPolicy } from "../src/gate/policy/policy.ts"
import { noGoCauses, unknownCauses } from "../src/gate/words.ts"

const page = fileURLToPath(new URL("../docs/reference/go-no-go.md", import.meta.url))

const code = (text: string) => `\`${text}\``
const line = (cells: ReadonlyArray<string>) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
const table = (titles: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>) => [
  line(titles),
  `|${titles.map(() => "---").join("|")}|`,
  ...rows.map(line)
]

const sentence: Readonly<Record<"at_least" | "exactly" | "below", string>> = {
  at_least: "≥",
  exactly: "=",
  below: "<"
}

const ruleText = (name: string, rule: FactRule): string => {
  switch (rule.rule) {
    case "at_least":
    case "exactly":
    case "below":
      return code(`${name} ${sentence[rule.rule]} ${rule.number}`)
    case "same_as":
      return code(`${name} = ${rule.fact}`)
    case "connectors":
      return `${code(name)} for each connector`
    case "digest":
      return `${code(name)}, a manifest`
    case "word":
      return `${code(name)}: ${rule.good.map(code).join(" or ")}`
  }
}

const byText = (rule: ByRule): string =>
  rule.kind === "drill"
    ? `drill ${code(rule.name)} with the fault ${code(rule.fault)}, ends with ${rule.codes.map(code).join(" or ")}`
    : rule.kind

const proofText = (proof: ProofPolicy): string => {
  const facts = Object.entries(proof.facts).map(([name, rule]) => ruleText(name, rule))
  return [
    `${proof.by.map(byText).join(", or ")}${proof.genuine ? ", genuine provider" : ""}`,
    facts.join(", "),
    ...(proof.watch === undefined ? [] : ["no record is needed, a failure counts"])
  ].join(": ")
}

const days = (millis: number) => (millis === 86_400_000 ? "24 h" : `${millis / 86_400_000} d`)

const otherProof: Readonly<Partial<Record<PolicyRow["judge"], string>>> = {
  versions_agree: "build record: one version of Node everywhere",
  reproduced: "build record: two independent builds with equal digests",
  results: "build record: build, lint and test complete",
  rollback_built: "build record of the release before, older than that of this one",
  suites: "build record: the suite of each configured connector, none failed or skipped",
  parity: "fields of the certificate and of production, each with both values",
  derived: "derived, never recorded",
  real_traffic: "derived, never recorded; needs a configured capability"
}

const agesOf = ({ proofs, bound }: PolicyRow) => {
  const found = [...new Set(proofs.filter(({ watch }) => watch === undefined).map(({ maxAge }) => days(maxAge)))]
  if (found.length > 0) return found.join(" · ")
  return bound.includes("P") ? "each boot" : "none"
}

const rowCells = (row: PolicyRow): ReadonlyArray<string> => [
  row.id,
  row.text.en,
  row.proofs.length === 0 ? (otherProof[row.judge] ?? "") : [...new Set(row.proofs.map(proofText))].join(" · "),
  agesOf(row),
  row.bound.length === 0 ? "none" : row.bound.join(", "),
  [...new Set([...row.proofs.flatMap(({ clears }) => (clears === undefined ? [] : [clears.en])), row.clears.en])].join(
    ", "
  ),
  row.kind === "derived" ? "those of its rows" : causesOf(row).map(code).join(" ")
]

const capability = /^acknowledged_(.*)$/
const shownId = (row: PolicyRow): PolicyRow => {
  const [, acknowledged] = capability.exec(row.capability ?? "") ?? []
  const id = row.id.replace("connector.", "&lt;connector&gt;.")
  if (acknowledged === undefined) return { ...row, id }
  const name = acknowledged === "readback" ? "readBack" : acknowledged
  const en = `a capability that is acknowledged by ${code(name)}`
  return { ...row, id: "3.2:&lt;connector&gt;.&lt;capability&gt;", text: { ...row.text, en } }
}

const meaning: Readonly<Record<string, string>> = {
  missing: "no evidence, or only evidence without the genuine provider",
  stale: "the evidence is too old, or the provider's part never came",
  other_code: "another release recorded it, whose code differs, or which is in no signed build record",
  other_variant: "it was recorded for another variant of the connector, such as another login",
  other_configuration: "a section of the configuration that it depends on has changed",
  other_deployment: "another deployment recorded it, a rehearsal did, or the store was fenced since",
  unknown_account: "no recorded boot of this deployment proved the account",
  failed: "the last result is a failure, or this code once violated the rule",
  forged: "no trusted recorder signed it, or it claims other code than its build record",
  waiting: "the provider's part is awaited",
  not_observable: "this gateway or this connector cannot know it",
  gate_fault: "the record contradicts the policy, is of the future, vanished or is unreadable",
  clock: "the clock is not sure enough to judge an age"
}

/** Returns the page. A test compares it with the one in the repository. */
export const gatePage = (): string => {
  const rows = rowsFor(checklist, [sampleChannel]).map((row) => rowCells(shownId(row)))
  return [
    "# Go / no-go",
    "",
    "Whether a release may go to production is decided by recorded evidence. This page lists each item of the checklist, with the",
    "evidence that proves it. `scripts/gate-page.ts` writes it from `src/gate/policy`, and a test compares the two.",
    "[`comporta go-no-go`](commands.md#comporta-go-no-go) and [`GET /v1/go-no-go`](http-api.md#get-v1go-no-go) print the verdict",
    "([decision 0064](../decisions/0064-a-gate-of-pure-functions.md)).",
    "",
    `This is version ${checklist.version} of the policy.`,
    "",
    "## States and exit codes",
    "",
    ...table(
      ["state", "when", "exit code"],
      [
        ["`GO`", "every row is GO", "0"],
        ["`NO-GO`", "a row is NO-GO, or there is none", "1"],
        ["`UNKNOWN`", "no row is NO-GO, and one is UNKNOWN", "3"],
        ["`SEEN`", "in `local`, in place of GO: a rehearsal proves nothing", "3, also where a row is NO-GO"]
      ]
    ),
    "",
    "## Causes",
    "",
    ...table(
      ["cause", "state", "meaning"],
      [
        ...noGoCauses.map((cause) => [code(cause), "NO-GO", meaning[cause] ?? ""]),
        ...unknownCauses.map((cause) => [code(cause), "UNKNOWN", meaning[cause] ?? ""])
      ]
    ),
    "",
    "Time alone clears `waiting` and `clock`, and no other cause. The last run of a drill counts. A violation, such as a second",
    "effect, counts for as long as the code is the same.",
    "",
    "## Bounds",
    "",
    ...table(
      ["bound", "the evidence is about"],
      [
        ["R", "a run: the core and the code of all configured connectors; void after a fence of the store"],
        ["C", "a channel: the code of one connector, its variant, and its section of the configuration"],
        ["S", "the storage: its code, and the section `store`"],
        ["I", "an installation: its deployment and the sections it depends on; void after a fence of the store"],
        ["B", "the build: a signed build record"],
        ["P", "production: its certificate against what runs"]
      ]
    ),
    "",
    "## Items",
    "",
    "Only the rows of section 3.2 follow the configuration: one for each capability, for inbound messages, for each direction of",
    "media and for each way to the provider's host. Every other row always applies.",
    "",
    ...table(["item", "requirement", "proof", "age", "bound", "cleared by", "causes"], rows),
    ""
  ].join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, gatePage())
