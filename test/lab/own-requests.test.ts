import { assert, describe, it } from "@effect/vitest"
import { isOwnRequest } from "../../src/lab/routes.ts"

const host = "127.0.0.1:8081"

describe("requests to the lab", () => {
  it("the lab accepts requests of programs on this machine and of its own pages", () => {
    for (const headers of [
      { host },
      { host: "localhost:8081" },
      { host: "[::1]:8081" },
      { host, origin: "http://127.0.0.1:8081" },
      { host: "LocalHost:8081", origin: "http://localhost:8081" },
      { host, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" },
      { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }
    ]) {
      assert.isTrue(isOwnRequest(headers), JSON.stringify(headers))
    }
  })

  it("the lab rejects requests of other sites' pages, and requests under foreign host names", () => {
    for (const headers of [
      {},
      { host: "evil.example:8081" },
      { host: "127.0.0.1.evil.example" },
      { host: "localhost.evil.example:8081" },
      { host: "evil.example", origin: "http://evil.example" },
      { host, origin: "http://evil.example" },
      { host, origin: "null" },
      { host, origin: "http://127.0.0.1:3000" },
      { host, origin: "https://127.0.0.1:8081" },
      { host, origin: "http://localhost:8081" },
      { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
      { host, "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }
    ]) {
      assert.isFalse(isOwnRequest(headers), JSON.stringify(headers))
    }
  })
})
