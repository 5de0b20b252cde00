import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { NextStep } from "../explain/diagnosis.ts"
import { diagnosisLines } from "../explain/lines.ts"
import { callGateway, type Remote, remoteFlags, show } from "./remote.ts"

const plain = /^[A-Za-z0-9_./:=@-]+$/

/** Returns a word as a POSIX shell reads it. */
const quoted = (word: string) => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** Returns a step as a line for the shell, with the address and the key file that this command was given. */
export const shellLine =
  ({ url, keyFile }: Pick<Remote, "url" | "keyFile">, program: string) =>
  ({ command, request, scope }: NextStep): string => {
    if (command !== undefined) {
      const [name = "", ...rest] = command
      return [program, name, "--url", quoted(url), "--key-file", ...[keyFile, ...rest].map(quoted)].join(" ")
    }
    const key = scope === "none" ? [] : ["-H", `"Authorization: Bearer $(cat ${quoted(keyFile)})"`]
    const body = request.body === undefined ? [] : ["-d", quoted(JSON.stringify(request.body))]
    const method = request.method === "GET" ? [] : ["-X", request.method]
    return ["curl", ...method, quoted(new URL(request.path, url).href), ...key, ...body].join(" ")
  }

/** Returns how this program is started again: through npm in the repository, else by its name. */
const program = Config.String("npm_lifecycle_event").pipe(
  Effect.map((script) => (script === "comporta" ? "npm run -s comporta --" : "comporta")),
  Effect.orElseSucceed(() => "comporta")
)

/** `comporta explain`: explains one intent, event or quarantined item. */
export const explainCommand = Command.make("explain", {
  ...remoteFlags,
  keyFile: Flag.String("key-file").pipe(Flag.withDescription("a file that holds an API key with the scope read")),
  id: Argument.String("id").pipe(
    Argument.withDescription("an intent (int_…), an event or a dead letter (evt_…), or a quarantined item (qua_…)")
  )
}).pipe(
  Command.withDescription("Explain why, whether it was a duplicate, and whether it is tried again"),
  Command.withHandler(
    Effect.fnUntraced(function* (flags) {
      const remote: Remote = flags
      const diagnosis = yield* callGateway(remote, ({ explain }) => explain.explain({ params: { id: flags.id } }))
      yield* show(remote, diagnosis, diagnosisLines(diagnosis, shellLine(remote, yield* program)))
    })
  )
)
