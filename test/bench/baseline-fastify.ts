import { fastify } from "fastify"
import { duty, signed } from "./duty.ts"

const { admit, port, secret } = await duty()

const app = fastify({ logger: false, bodyLimit: 3 * 1024 * 1024 })

app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => done(null, body))
app.get("/readyz", (_request, reply) => reply.code(200).send())
app.post("/webhooks/whatsapp", (request, reply) => {
  const { body } = request
  if (!Buffer.isBuffer(body) || !signed(secret, request.headers["x-hub-signature-256"], body)) {
    return reply.code(401).send()
  }
  admit(body).then(
    () => reply.code(200).send(),
    () => reply.code(503).send()
  )
  return reply
})

await app.listen({ port, host: "127.0.0.1" })
