const { defineConfig } = require("@medusajs/framework/utils")

// It listens on this machine only and holds made-up customers: these are no secrets.
module.exports = defineConfig({
  admin: { disable: true },
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    http: {
      jwtSecret: "only for rehearsals",
      cookieSecret: "only for rehearsals",
      storeCors: "",
      adminCors: "",
      authCors: "",
    },
  },
})
