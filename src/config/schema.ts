import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AccountId, ConnectorId } from "../domain/ids.ts"
import {
  defaultPort,
  DeliveryTime,
  exactlyOne,
  FilePath,
  Headers,
  HostName,
  HttpUrl,
  NonEmptyText,
  oneOf,
  PersonRefValue,
  Port,
  PushUrl,
  SecretRefValue,
  textValue,
  unique,
  Word
} from "./values.ts"
import { SecretsFromSchema } from "./secrets-schema.ts"
import { Store } from "./store-schema.ts"

export type { Config, Environment } from "./config.ts"

const { Struct, optionalKey } = Schema

const filled = Schema.makeFilter((items: ReadonlyArray<unknown>) => items.length > 0, {
  message: "expected at least one"
})
const EnvironmentName = Schema.Literals(["local", "staging", "production"])

const Nothing = Schema.Record(Schema.String, Schema.Unknown).check(
  Schema.makeFilter((value) => Object.keys(value).length === 0, { message: "expected {}" })
)

const ApiKey = Struct({
  id: Word,
  secret: SecretRefValue,
  scopes: Schema.Array(Schema.Literals(["send", "read", "operate"])).check(filled, unique),
  namespace: optionalKey(Word)
})

const uniqueIds = Schema.makeFilter(
  (keys: ReadonlyArray<{ readonly id: string }>) =>
    keys.flatMap(({ id }, index) =>
      keys.findIndex((other) => other.id === id) < index
        ? [{ path: [index, "id"], issue: "expected an id that no other key has" }]
        : []
    ),
  { expected: "unique ids" }
)

const named = (expected: string) => ({ messageUnexpectedKey: `expected ${expected} as its name` })

const References = Schema.Record(Word, SecretRefValue)
  .annotate(named("a word"))
  .pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))
const rest = [Schema.Record(Schema.String, Schema.Unknown)] as const
const capability = textValue("the id of a capability, such as mark_read", (value) =>
  /^[a-z][a-z0-9_]{0,63}$/.test(value)
)

export const Account = Schema.StructWithRest(Struct({ secrets: References }), rest)

export const ConnectorSchema = Schema.StructWithRest(
  Struct({
    from: optionalKey(NonEmptyText),
    secrets: References,
    accounts: Schema.Record(AccountId, Account).annotate(named("letters, digits, dashes and underscores, at most 64")),
    capabilities: Schema.Array(capability).check(unique)
  }),
  rest
)

/** Paths of files, written as one path or as a list of paths. */
const FilePaths = Schema.Union([FilePath, Schema.Array(FilePath).check(filled, unique)]).annotate({
  message: "expected the path of a file, or a list of such paths"
})

const People = Schema.Record(Schema.String, Schema.Array(PersonRefValue).check(filled, unique)).pipe(
  Schema.withDecodingDefaultKey(Effect.succeed({}))
)

/**
 * Schema of the operator's file (`docs/reference/configuration.md`), each value alone. `rules.ts` checks values
 * together.
 */
export const File = Struct({
  environment: EnvironmentName.pipe(Schema.withDecodingDefaultKey(Effect.succeed("production" as const))),
  server: Struct({
    host: optionalKey(HostName),
    port: Port.pipe(Schema.withDecodingDefaultKey(Effect.succeed(defaultPort))),
    management: optionalKey(Struct({ host: optionalKey(HostName), port: Port }))
  }).pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  store: optionalKey(
    Schema.Union([Schema.Literal("memory"), Store]).annotate({ message: "expected memory or keys such as url" })
  ),
  secrets: optionalKey(SecretsFromSchema),
  runtime: optionalKey(
    Struct({
      push: optionalKey(
        Struct({
          url: PushUrl,
          secret: SecretRefValue,
          headers: optionalKey(Headers),
          timeout: DeliveryTime.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(Duration.seconds(30)))),
          caFile: optionalKey(FilePath),
          transport: optionalKey(Schema.Literals(["mesh"]))
        })
      ),
      pull: optionalKey(Nothing)
    }).pipe(Schema.refine(oneOf("push", "pull"), exactlyOne("push and pull")))
  ),
  api: Struct({
    keys: Schema.Array(ApiKey)
      .check(uniqueIds)
      .pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))
  }).pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  boot: Struct({
    deadCredential: Schema.Literals(["refuse", "pause"]).pipe(
      Schema.withDecodingDefaultKey(Effect.succeed("refuse" as const))
    )
  }).pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  telemetry: optionalKey(Struct({ otlp: optionalKey(Struct({ endpoint: HttpUrl })) })),
  readiness: optionalKey(
    Struct({
      trust: FilePath,
      recorder: optionalKey(SecretRefValue),
      build: optionalKey(FilePaths),
      certificate: optionalKey(FilePaths),
      breakGlass: optionalKey(FilePath)
    })
  ),
  staging: optionalKey(Struct({ people: People })),
  connectors: Schema.Record(ConnectorId, ConnectorSchema)
    .annotate(named("lower case letters, digits and dashes, at most 32"))
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))
})
export type File = typeof File.Type
