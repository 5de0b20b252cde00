import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Terminal from "effect/Terminal"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { shownName } from "../domain/shown.ts"
import { renderHtml } from "../gate/render/html.ts"
import { renderJson } from "../gate/render/json.ts"
import { renderMarkdown } from "../gate/render/markdown.ts"
import { renderTable } from "../gate/render/table.ts"
import type { GateVerdict } from "../gate/verdict.ts"
import type { Language } from "../gate/words.ts"
import { codes, Ended } from "./common.ts"
import { callGateway, type Remote, remoteFlags, wrong } from "./remote.ts"

const formats = ["table", "json", "markdown", "html"] as const
type Format = (typeof formats)[number]

const flags = {
  ...remoteFlags,
  keyFile: Flag.String("key-file").pipe(Flag.withDescription("a file that holds an API key with the scope read")),
  format: Flag.Literals("format", formats).pipe(
    Flag.optional,
    Flag.withDescription("table (the default), json, markdown or html: one page that needs nothing else")
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print the verdict as one line of JSON")
  ),
  lang: Flag.Literals("lang", ["en", "pt"]).pipe(
    Flag.withDefault("en"),
    Flag.withDescription("the language of the texts: en or pt")
  ),
  at: Flag.String("at").pipe(
    Flag.optional,
    Flag.withDescription("judge at this time: ISO 8601, or milliseconds since the epoch")
  ),
  export: Flag.String("export").pipe(
    Flag.optional,
    Flag.withDescription("also write the signed evidence, which a promotion needs, to this file")
  )
}

/** Characters of a line where the output is no terminal. */
const plainWidth = 100

const widthOf = Effect.flatMap(Terminal.Terminal, ({ columns }) =>
  Effect.map(columns, (found) => (found > 0 ? found : plainWidth))
)

const rendered = Effect.fnUntraced(function* (verdict: GateVerdict, format: Format, language: Language) {
  switch (format) {
    case "json":
      return renderJson(verdict)
    case "markdown":
      return renderMarkdown(verdict, language)
    case "html":
      return renderHtml(verdict, language)
    case "table":
      return renderTable(verdict, { language, width: yield* widthOf })
  }
})

const write = Effect.fnUntraced(function* (path: string, text: string) {
  const files = yield* FileSystem.FileSystem
  yield* files
    .writeFileString(path, text)
    .pipe(
      Effect.catch(({ reason }) =>
        Effect.andThen(
          Console.error(`comporta: --export: ${shownName(path)} cannot be written: ${reason._tag}; give another file`),
          Effect.fail(new Ended({ code: codes.failed }))
        )
      )
    )
  yield* Console.error(`comporta: the signed evidence is in ${shownName(path)}`)
})

/** `comporta go-no-go`: prints the verdict on the release that a gateway runs. Exits with 0, 1 or 3, as it says. */
export const goNoGoCommand = Command.make("go-no-go", flags).pipe(
  Command.withDescription("Say whether the release that a gateway runs may go to production"),
  Command.withHandler(
    Effect.fnUntraced(function* (given) {
      const { at, json, lang } = given
      const format = Option.getOrUndefined(given.format)
      if (json && format !== undefined && format !== "json")
        return yield* wrong("--json and --format contradict each other; give one of them")
      const remote: Remote = given
      const verdict = yield* callGateway(remote, ({ goNoGo }) =>
        goNoGo.judge({ query: Option.isNone(at) ? {} : { at: at.value } })
      )
      if (Option.isSome(given.export))
        yield* write(given.export.value, yield* callGateway(remote, ({ goNoGo }) => goNoGo.exportEvidence()))
      yield* Console.log(json ? JSON.stringify(verdict) : (yield* rendered(verdict, format ?? "table", lang)).trimEnd())
      if (verdict.exitCode !== codes.go) return yield* new Ended({ code: verdict.exitCode })
    })
  )
)
