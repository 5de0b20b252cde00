import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { shownChecks, formatReport } from "../boot/report.ts"
import type { ProgramParts } from "../app/layer-factories.ts"
import { preflight } from "../app/preflight.ts"
import { configFlag, readFile } from "./config-file.ts"
import { refusal } from "./refusal.ts"

/** `comporta check`: runs every boot check but the port's, without serving. Exits with 0 or 78. */
export const check = (parts: ProgramParts) =>
  Command.make("check", {
    config: configFlag,
    json: Flag.Boolean("json").pipe(
      Flag.withDefault(false),
      Flag.withDescription("print the report as one line of JSON")
    )
  }).pipe(
    Command.withDescription("Run every boot check and exit"),
    Command.withHandler(({ config, json }) =>
      Effect.gen(function* () {
        const reading = yield* readFile(config)
        const { checks } = yield* Effect.scoped(preflight(reading, parts.gateway))
        yield* Console.log(
          json ? JSON.stringify({ event: "boot.validated", checks: shownChecks(checks) }) : formatReport(checks)
        )
      }).pipe(Effect.catchTag("BootRefused", refusal(parts.terminal && !json)), Effect.provide(parts.log(false)))
    )
  )
