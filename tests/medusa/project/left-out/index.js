// Stands in for what only the dashboard and unused providers need; half of the download.
module.exports = {}
