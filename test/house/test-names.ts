import { type ESTree, parseSync, Visitor } from "rolldown/utils"
import type { Source } from "./imports.ts"

/** The name of one test or of one group of tests, as it is written; a substitution of a template reads `${}`. */
export interface TestName {
  readonly path: string
  readonly kind: "test" | "group"
  readonly name: string
}

/** Names of calls that only make the function which takes the name, such as `it.effect.each(table)`. */
const makers = new Set(["each", "for", "skipIf", "runIf"])

const kinds = new Map<string, TestName["kind"]>([
  ["it", "test"],
  ["test", "test"],
  ["describe", "group"]
])

const rootOf = (callee: ESTree.Node): string => {
  if (callee.type === "Identifier") return callee.name
  if (callee.type === "MemberExpression") return rootOf(callee.object)
  return callee.type === "CallExpression" ? rootOf(callee.callee) : ""
}

const isMaker = (callee: ESTree.Node) =>
  callee.type === "MemberExpression" && callee.property.type === "Identifier" && makers.has(callee.property.name)

const textOf = (argument: ESTree.Node | undefined): string | undefined => {
  if (argument?.type === "Literal") return typeof argument.value === "string" ? argument.value : undefined
  if (argument?.type !== "TemplateLiteral") return undefined
  return argument.quasis.map(({ value }) => value.cooked ?? value.raw).join("${}")
}

/** Returns the names in calls of `it`, `test` and `describe`. A name that is not written at its call is not found. */
export const testNamesIn = ({ path, text }: Source): ReadonlyArray<TestName> => {
  const found: Array<TestName> = []
  const visitor = new Visitor({
    CallExpression: ({ callee, arguments: [first] }) => {
      const kind = kinds.get(rootOf(callee))
      const name = textOf(first)
      if (kind !== undefined && name !== undefined && !isMaker(callee)) found.push({ path, kind, name })
    }
  })
  visitor.visit(parseSync(path, text).program)
  return found
}

const words = (list: string) => new Set(list.split(" "))

/** First words that make a name depend on the name of its group: verbs, prepositions and pronouns without a subject. */
const dependent = words(
  "is are was were be does do did has have had may might can cannot could must need needs should will would " +
    "that which who whose whom whoever what whatever " +
    "of by with without within in into on at to from for until under over and or but also not never where wherever " +
    "it they them this these he him his she her we i you " +
    "accepts adds admits allows asks becomes begins belongs breaks brings carries closes comes costs creates decodes " +
    "deletes delivers deduplicates does drops dies expires fails falls fills finds follows forgets gets gives goes " +
    "grows hands has hears holds keeps knows lasts leaves lets listens loses makes means moves opens overflows pauses " +
    "performs proves pushes raises reaches reads receives recognises redelivers refreshes refuses rejects releases " +
    "removes repeats replays retries returns says sees sends serves settles shares shrinks shuts speaks spends stays " +
    "sweeps takes tells throws tries understands verifies waits wakes writes yields " +
    "acknowledges answers compares counts ends equals leads leaks lists notices outlives passes prints redrives runs " +
    "shows starts stops survives warns works accept admit answer begin come count drop give hold keep know lose leave " +
    "let make refuse reject remember take wait write"
)

/** Second words that show that the first one, which ends with `s`, is a verb without a subject. */
const determiners = words("a an the its their his no nothing nobody each every all any both once it them")

/** Private words, each beside the field's words that say the same. */
const privateWords: ReadonlyArray<readonly [pattern: RegExp, instead: string]> = [
  [/\b(?:who|whom|whoever|nobody|somebody|someone|anybody|everybody)\b/, "the actor: caller, operator, worker, store"],
  [/\b(?:he|him|his|she|her|hers)\b/, "the actor: caller, operator, person"],
  [/\bwhat (?:is|are|was|were|has|had|it|they|we|the|a|an|no|may|can|came|comes|goes)\b/, "a noun"],
  [/\b(?:tell|tells|telling|told)\b/, "return, report, name, distinguish"],
  [/\b(?:ask|asks|asking|asked)\b/, "request, send, read, call"],
  [/\b(?:hear|hears|hearing|heard)\b/, "receive"],
  [/\b(?:looks?|looked|looking)\b/, "read, search, check, match"],
  [/\b(?:stands?|stood|standing|rests|rested)\b/, "is, is stored, remains"],
  [/\b(?:anew|afresh|lately|thereby|dawdles?|dawdled|dawdling|manieth)\b/, "again, recently, slow"],
  [/\b(?:houses?|ground|freight)\b/, "harness, base layer, source"]
]

/** A name has about 20 words; beyond this it hides more than one fact. */
const maxWords = 25

/** Returns the name without its guarantee numbers, and without what is substituted or quoted as code. */
const proseOf = (name: string) =>
  name
    .replaceAll(/`[^`]*`/g, "code")
    .replace(/^(?:[GI]\d+ )+/, "")
    .trim()

/** Returns why the name is no sentence in the field's words, or nothing. */
export const complaintsAbout = ({ kind, name }: TestName): ReadonlyArray<string> => {
  const prose = proseOf(name)
  const [first = "", second = "", ...more] = prose.split(/\s+/)
  const found = privateWords.flatMap(([pattern, instead]) => {
    const [word] = pattern.exec(prose) ?? []
    return word === undefined ? [] : [`"${word}" is a private word: write ${instead}`]
  })
  if (kind === "group") return found
  if (dependent.has(first)) found.push(`"${first}" begins it without a subject`)
  else if (/^[a-z]+s$/.test(first) && determiners.has(second)) found.push(`"${first} ${second}" has no subject`)
  if (more.length === 0) found.push("it is no sentence")
  if (more.length + 2 > maxWords) found.push(`it has ${more.length + 2} words`)
  return found
}
