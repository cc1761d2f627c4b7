// Reads a feed from standard input with a parser from npm and prints what it tells of it.
// The first argument is the folder of the packages, the second the name of the parser.
const [root, name] = process.argv.slice(2);
const { pathToFileURL } = require("url");
const feed = require("fs").readFileSync(0, "utf-8");
const load = (file) => import(pathToFileURL(require.resolve(file, { paths: [root] })));
const array = (value) => (value === undefined || value === null ? [] : [].concat(value));
const seconds = (time) => time.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
const inline = (marks) => array(marks).map((mark) => [seconds(mark.start), mark.title]);

const parsers = {
  "podcast-partytime": async ({ parseFeed }) => {
    const told = parseFeed(feed);
    return [told.itunesImage, told.items.map((item) => ({
      title: item.title, notes: item.content || item.description, chapters: item.podcastChapters?.url,
      transcripts: array(item.podcastTranscripts).map((each) => each.url),
    }))];
  },
  "rss-parser": async ({ default: Parser }) => {
    const told = await new Parser().parseString(feed);
    return [told.itunes.image, told.items.map((item) => ({
      title: item.title, notes: item["content:encoded"] || item.content,
    }))];
  },
  feedsmith: async ({ parseFeed }) => {
    const told = parseFeed(feed).feed;
    return [told.itunes.image, told.items.map((item) => ({
      title: item.title, notes: item.content?.encoded || item.description,
      chapters: item.psc?.chapters ? inline(item.psc.chapters) : item.podcast?.chapters?.url,
      transcripts: array(item.podcast?.transcripts).map((each) => each.url),
    }))];
  },
  podparse: async (module) => {
    const told = (module.default?.default || module.default)(feed);
    return [told.meta.image?.url, told.episodes.map((item) => ({
      title: item.title, notes: item.description, chapters: item.chapters?.url,
      transcripts: array(item.transcript).map((each) => each.url),
    }))];
  },
  "@rowanmanning/feed-parser": async ({ parseFeed }) => {
    const told = parseFeed(feed).toJSON();
    return [told.image?.url, told.items.map((item) => ({
      title: item.title, notes: item.content || item.description,
    }))];
  },
  feedparser: async ({ default: Parser }) => new Promise((done, fail) => {
    const parser = new Parser({ addmeta: false });
    const items = [];
    parser.on("error", fail);
    parser.on("data", (item) => items.push({ title: item.title, notes: item.description }));
    parser.on("end", () => done([parser.meta.image?.url, items]));
    parser.end(feed);
  }),
};

load(name).then(parsers[name]).then(([art, items]) => console.log(JSON.stringify({ art, items })));
