import * as Effect from "effect/Effect"
import { call, post, withHttp } from "./calls.ts"

const url = process.argv[2] ?? ""

const said = call(post(url)).pipe(
  Effect.match({ onFailure: (error) => `${error._tag} ${error.reason}`, onSuccess: (answer) => `${answer.status}` }),
  withHttp
)
console.log(await Effect.runPromise(said))
