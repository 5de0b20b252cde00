// Plain JavaScript without libraries: a health check runs often, and must not load the program. Exits with 0 if the gateway
// of this container answers `/livez`, or the path that is given, with 200; with 1 otherwise.
import { get } from "node:http"
import process from "node:process"

const { PORT: port = "8080" } = process.env
const [path = "/livez"] = process.argv.slice(2)

const end = (code, line) => {
  process.stdout.write(`${line}\n`)
  process.exit(code)
}

get({ host: "127.0.0.1", port, path, timeout: 4_000 }, ({ statusCode }) =>
  end(statusCode === 200 ? 0 : 1, `${path} answered ${statusCode}`)
)
  .once("timeout", () => end(1, `${path} did not answer within 4 s`))
  .once("error", ({ code }) => end(1, `${path} cannot be reached: ${code}; set PORT if the gateway listens elsewhere`))
