// Reads a feed from standard input with Podcast Index's parser and prints what it understood.
// The first argument is the folder of podcast-partytime. Its remarks go to standard error.
console.log = console.warn = console.error;
const { parseFeed } = require(process.argv[2]);
const feed = parseFeed(require("fs").readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify(feed));
