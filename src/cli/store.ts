import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { BootRefused } from "../boot/report.ts"
import { storeProblem } from "../boot/store-check.ts"
import { type StampFacts, StoreAdmin } from "../boot/store-services.ts"
import type { InfraError } from "../domain/failure.ts"
import { isPartitionCount, type StampRefused } from "../deployment/deployment.ts"
import type { ProgramParts } from "../app/layer-factories.ts"
import { Secrets } from "../secrets/secrets.ts"
import { adminOf, secretsOf } from "../app/wiring.ts"
import { codes, configFlag, Ended, readFile, refusal } from "./common.ts"

type Act = (admin: StoreAdmin["Service"]) => Effect.Effect<StampFacts, InfraError | StampRefused>

const json = Flag.Boolean("json").pipe(
  Flag.withDefault(false),
  Flag.withDescription("print the stamp as one line of JSON")
)

const sentence = (done: string, { deployment, environment, partitions, identity, format }: StampFacts) =>
  `${done}: deployment ${deployment}, ${environment}, ${partitions} partitions, identity ${identity}, format ${format}`

/** Performs an operation on the store of the configuration file, without a gateway, and prints the stamp. */
const onStore = (
  parts: ProgramParts,
  { config, json: asJson }: { config: string; json: boolean },
  done: string,
  act: Act
) =>
  Effect.gen(function* () {
    const reading = yield* readFile(config)
    const secrets = yield* Layer.build(secretsOf(reading.config, parts.gateway))
    const { handle } = Context.get(secrets, Secrets)
    const stamp = yield* adminOf(reading.config, parts.gateway, handle).pipe(
      Effect.flatMap(Layer.build),
      Effect.flatMap((context) => act(Context.get(context, StoreAdmin))),
      Effect.mapError((problem) => new BootRefused({ checks: storeProblem(problem) }))
    )
    yield* Console.log(asJson ? JSON.stringify(stamp) : sentence(done, stamp))
    return stamp
  }).pipe(
    Effect.scoped,
    Effect.catchTag("BootRefused", refusal(parts.terminal && !asJson)),
    Effect.provide(parts.log(false))
  )

const printAcl = (parts: ProgramParts, config: string) =>
  Effect.gen(function* () {
    const reading = yield* readFile(config)
    const line = parts.gateway.storeAcl(reading.config.store)
    if (line !== undefined) return yield* Console.log(line)
    yield* Console.error("comporta: a store in memory has no users; configure store.url")
    return yield* new Ended({ code: codes.failed })
  }).pipe(Effect.catchTag("BootRefused", refusal(parts.terminal)), Effect.provide(parts.log(false)))

const partitions = Flag.Int("partitions").pipe(
  Flag.filter(isPartitionCount, (count) => `a store has 1 to 1024 partitions, not ${count}`),
  Flag.optional,
  Flag.withDescription("number of partitions, 1 to 1024; it never changes")
)

/** Ends the command when a store that was stamped before has another number of partitions than requested. */
const asParted = (stamp: StampFacts, asked: Option.Option<number>) =>
  Option.isNone(asked) || asked.value === stamp.partitions
    ? Effect.void
    : Effect.andThen(
        Console.error(`comporta: the store has ${stamp.partitions} partitions already, and that never changes`),
        Effect.fail(new Ended({ code: codes.failed }))
      )

/** `comporta store`: the one-time operations of an operator on a store. */
export const store = (parts: ProgramParts) =>
  Command.make("store").pipe(
    Command.withDescription("Stamp, upgrade or fence the store"),
    Command.withSubcommands([
      Command.make("init", { config: configFlag, json, partitions }, ({ partitions: count, ...flags }) =>
        onStore(parts, flags, "stamped", ({ init }) => init(Option.getOrUndefined(count))).pipe(
          Effect.flatMap((stamp) => asParted(stamp, count))
        )
      ).pipe(Command.withDescription("Stamp an empty store; a stamped store keeps its stamp")),
      Command.make("upgrade", { config: configFlag, json }, (flags) =>
        onStore(parts, flags, "upgraded", ({ upgrade }) => upgrade)
      ).pipe(Command.withDescription("Let this release write records that older releases cannot read")),
      Command.make("fence", { config: configFlag, json }, (flags) =>
        onStore(parts, flags, "fenced", ({ fence }) => fence)
      ).pipe(
        Command.withDescription("Refuse every gateway that still runs; use it after a forced promotion or a restore")
      ),
      Command.make("acl", { config: configFlag }, ({ config }) => printAcl(parts, config)).pipe(
        Command.withDescription("Print the ACL line that creates the store's user with the permissions that it needs")
      )
    ])
  )
