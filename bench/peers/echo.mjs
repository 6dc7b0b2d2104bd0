// The app the WebSocket rows open: `echo.mjs SOCKET PORT NEAR` sends messages back;
// for the peers also on a port of 127.0.0.1 and on the socket NEAR.
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const [socket, port, near] = process.argv.slice(2);
const echo = new WebSocketServer({ noServer: true, perMessageDeflate: false });

function serve() {
  const server = createServer((request, response) => response.end("echo\n"));
  server.on("upgrade", (request, connection, head) => {
    echo.handleUpgrade(request, connection, head, (client) => {
      client.on("message", (data, binary) => client.send(data, { binary }));
      client.on("error", () => client.terminate());
    });
  });
  return server;
}

for (const path of [socket, near]) {
  rmSync(path, { force: true });
  serve().listen({ path, backlog: 4096 });
}
serve().listen({ host: "127.0.0.1", port: Number(port), backlog: 4096 });
