// The interface's words, in English and Chinese. Answers come in the language of their question.

import { load, keep } from "./store.js";

const WORDS = {
  skip: ["Skip to content", "跳到内容"],
  views: ["Views", "视图"],
  ask: ["Ask", "提问"],
  files: ["Files", "文件"],
  detector: ["Detector", "文本检测"],
  answer: ["Answer", "回答"],
  glossary: ["Glossary", "词汇"],
  glossaryHint: [
    "What words mean here. Questions are read with them, by the rules and by a language model. Where a column is called like a term, the column is meant.",
    "这里的词是什么意思：规则和语言模型都按此理解问题。若某列与词同名，则指该列。"],
  noTerms: ["No terms yet.", "还没有词汇。"],
  glossary_term: ["Term", "词"],
  glossary_kind: ["Kind", "类别"],
  glossary_alias: ["Column", "所指的列"],
  glossary_value: ["Value as it stands in the table", "表中的值"],
  glossary_metric: ["Formula", "公式"],
  glossary_column: ["In column (any, if empty)", "所在的列（留空则不限）"],
  glossary_note: ["Note", "备注"],
  kind_alias: ["another name of a column", "列的别名"],
  kind_value: ["another name of a value", "值的别名"],
  kind_metric: ["a metric", "指标"],
  formulaExample: ["sales / orders", "销售额 / 订单数"],
  means: ["Means", "含义"],
  inColumn: [" in {column}", "（{column}）"],
  termSet: ["{term} is set", "已保存{term}"],
  forgetSure: ["Forget what {term} means?", "删除“{term}”的含义？"],
  edit: ["Edit", "修改"],
  key: ["API key", "API 密钥"],
  theme: ["Light or dark", "浅色或深色"],
  conversation: ["Conversation", "对话"],
  fresh: ["New conversation", "新对话"],
  question: ["Your question", "你的问题"],
  placeholder: ["Ask about your tables and documents…", "就你的表格和文档提问……"],
  send: ["Ask", "提问"],
  stop: ["Stop waiting", "停止等待"],
  attach: ["Attach an image or a file", "添加图片或文件"],
  voice: ["Speak", "语音输入"],
  listening: ["Listening… press again to stop", "正在听……再按一次停止"],
  voiceTitle: ["The browser sends your voice away", "浏览器会把语音发送出去"],
  voiceText: [
    "This browser does not recognize speech on this device. It sends the sound of your voice to its vendor, outside this house. Type what is confidential instead.",
    "此浏览器不在本机识别语音，而是把声音发送给浏览器厂商，离开本单位。涉密内容请改用键盘输入。"],
  voiceAccept: ["I understand, use it", "我了解，仍然使用"],
  recording: ["Recording… press again to stop", "正在录音……再按一次停止"],
  transcribing: ["Writing down what was said…", "正在转写……"],
  microphone: ["The microphone can't be used: {why}", "无法使用麦克风：{why}"],
  voiceFailed: ["Speech was not recognized", "未能识别语音"],
  cancel: ["Cancel", "取消"],
  close: ["Close", "关闭"],
  hello: ["Ask a question. Every answer can be checked.", "提问吧，每个回答都可以核对。"],
  helloText: [
    "Figures are computed twice by programs and never by a model. Each answer shows how it was understood, which rows were counted and what was assumed.",
    "数字由程序计算两遍，从不由模型给出。每个回答都说明如何理解、统计了哪些行、做了哪些假设。"],
  addFirst: ["Add a file first, by dropping it anywhere on this page.", "先添加文件：拖到页面任意位置即可。"],
  add: ["Add files", "添加文件"],
  dropHere: ["Drop files to add them", "松开即可添加文件"],
  dropHint: ["Tables (xlsx, csv, …), documents (pdf, docx, …) and images; drop them here or choose.",
    "表格（xlsx、csv 等）、文档（pdf、docx 等）和图片；拖到此处或选择。"],
  noFiles: ["No files yet.", "还没有文件。"],
  allFiles: ["All files", "全部文件"],
  scopeHint: ["Choose files to ask about them alone", "勾选文件，只就它们提问"],
  chosen: ["{n} chosen", "已选 {n} 个"],
  name: ["Name", "名称"],
  state: ["State", "状态"],
  contains: ["Contains", "内容"],
  size: ["Size", "大小"],
  changed: ["Changed", "更新时间"],
  remove: ["Delete", "删除"],
  removeSure: ["Delete {name}? Answers that were given stay.", "删除 {name}？已给出的回答会保留。"],
  received: ["Being read", "读取中"],
  indexed: ["Ready", "就绪"],
  rejected: ["Can't be read", "无法读取"],
  partly: ["Ready, search follows", "就绪，检索稍后可用"],
  reconnecting: ["Connection lost; trying again", "连接中断，正在重试"],
  uploading: ["Uploading", "上传中"],
  tablesN: ["{n} tables, {rows} rows", "{n} 张表，{rows} 行", "{n} table, {rows} rows"],
  pagesN: ["{n} pages", "{n} 页", "{n} page"],
  passagesN: ["{n} passages", "{n} 段", "{n} passage"],
  failed: ["This failed", "失败"],
  again: ["Try again", "重试"],
  waiting: ["Waiting…", "等待中……"],
  goneAnswer: ["This answer is not there any more.", "该回答已不存在。"],
  stopped: ["You stopped waiting. The answer may still come.", "已停止等待；回答稍后仍可能给出。"],
  kindTable: ["Computed from tables", "由表格计算"],
  kindKnowledge: ["Quoted from documents", "引自文档"],
  kindDetection: ["Judgement", "判断"],
  refused: ["Not answered", "未能回答"],
  clarify: ["Which one do you mean?", "请明确所指"],
  verified: ["Verified", "已核验"],
  verifiedText: ["Two engines that share no code gave the same result.", "两个互不共用代码的引擎结果一致。"],
  consistent: ["Consistent", "一致"],
  consistentText: ["Several readings gave the same result.", "多种理解得到相同结果。"],
  unverified: ["Unverified", "未核验"],
  unverifiedText: ["From a single source: look at the trail.", "仅有单一来源，请查看依据。"],
  none: ["No result", "无结果"],
  measured: ["{right} of {n} such questions were right when measured", "评测中同类问题 {n} 个，答对 {right} 个"],
  model: ["with a language model", "使用了语言模型"],
  understood: ["Understood as", "理解为"],
  chipHint: ["Change the words and press Enter to ask again", "修改文字后按回车重新提问"],
  unexplained: ["Not understood", "未理解"],
  chart: ["Chart of the result", "结果图表"],
  resultTable: ["Result", "结果"],
  sortBy: ["Sort by {name}", "按 {name} 排序"],
  rowsN: ["{n} rows", "{n} 行", "{n} row"],
  more: ["Show all", "显示全部"],
  csv: ["CSV", "CSV"],
  evidenceCsv: ["Evidence (CSV)", "依据（CSV）"],
  json: ["JSON", "JSON"],
  trail: ["How it was computed", "查看依据"],
  trailTitle: ["How this answer came about", "这个回答的依据"],
  right: ["Right", "正确"],
  wrong: ["Wrong", "错误"],
  wrongWhat: ["What is wrong with it?", "哪里不对？"],
  thanks: ["Noted, thank you.", "已记录，谢谢。"],
  keptAsTest: ["Noted, thank you: it is asked again by `contrail goldens run`.", "已记录，谢谢：`contrail goldens run` 会重新核对它。"],
  otherTables: ["Ask the tables instead", "改为查询表格"],
  otherKnowledge: ["Search the documents instead", "改为检索文档"],
  permalink: ["Link", "链接"],
  sources: ["Sources", "来源"],
  page: ["page {n}", "第 {n} 页"],
  row: ["row {n}", "第 {n} 行"],
  showPage: ["Show the page", "查看原页"],
  noImage: ["There is no image of this page.", "此页没有图像。"],
  plan: ["Plan", "计划"],
  ledger: ["What became of the rows", "行的去向"],
  excluded: ["Left out, not readable", "无法读取而排除"],
  sample: ["First rows after this step", "此步骤后的前几行"],
  checks: ["Checks", "检查"],
  assumptions: ["Taken for granted", "假设"],
  readings: ["Other readings", "其他理解"],
  code: ["Code", "代码"],
  copy: ["Copy", "复制"],
  copied: ["Copied", "已复制"],
  search: ["Search", "检索"],
  searched: ["Searched for", "检索内容"],
  words: ["Words", "词"],
  codes: ["Codes", "代码"],
  enough: ["Evidence {is} of at least {needs}", "依据强度 {is}，至少需要 {needs}"],
  legs: ["meaning {dense} · words {sparse} · codes {codes}", "语义 {dense} · 词 {sparse} · 代码 {codes}"],
  modelPart: ["Language model", "语言模型"],
  attemptsN: ["{n} requests, {p} + {c} tokens", "{n} 次请求，{p} + {c} 词元", "{n} request, {p} + {c} tokens"],
  trace: ["Where the time went", "耗时分布"],
  traceCaption: ["What was done for this answer, in order, with the time it took", "为此回答所做的各步骤及耗时"],
  traceServices: ["Services, with the time in which they were at work", "各服务及其工作时间"],
  traceLink: ["Open in the tracing system", "在追踪系统中打开"],
  traceOpen: ["some steps are still under way", "部分步骤仍在进行"],
  spansN: ["{n} steps", "{n} 个步骤", "{n} step"],
  spansDropped: ["{n} more were not kept", "另有 {n} 个未保留", "{n} more was not kept"],
  spanWhat: ["Step", "步骤"],
  spanWhen: ["Begins at", "开始于"],
  spanTook: ["Took", "耗时"],
  spanAt: ["{service}, begins at {at}", "{service}，开始于 {at}"],
  spanService: ["Service", "服务"],
  spanQueued: ["Waited in the queue", "排队等待"],
  spanOwnName: ["Name in traces", "追踪中的名称"],
  spanFailed: ["failed", "失败"],
  spanSend: ["Queues {what}", "将 {what} 放入队列"],
  spanTell: ["Announces {what}", "发布 {what}"],
  spanWork: ["Works on {what}", "处理 {what}"],
  spanCall: ["Calls {what}", "调用 {what}"],
  spanReply: ["Answers the call of {what}", "应答 {what} 调用"],
  spanSandbox: ["Computes in a sandbox: {what}", "沙箱计算：{what}"],
  spanModel: ["Asks the language model {what}", "询问语言模型 {what}"],
  detectTitle: ["Did a machine write this?", "这是机器写的吗？"],
  detectHint: ["Paste a text of some hundred words. What comes back are odds of the text, no verdict on a person.",
    "粘贴几百字的文本。结果是对文本的概率判断，不是对作者的结论。"],
  detectPlaceholder: ["The text…", "文本……"],
  detectFile: ["A file instead of a text", "用文件代替文本"],
  detectNoFile: ["the text above", "以上文本"],
  detectGo: ["Judge", "检测"],
  prior: ["Prior", "先验"],
  priorHint: ["How likely you hold it to be machine-written beforehand", "检测前你认为由机器生成的可能性"],
  probability: ["Probability that a machine wrote it", "机器生成的概率"],
  between: ["between {low} and {high} by source", "不同来源校准为 {low} 至 {high}"],
  pValue: ["p-value: so many texts by people look like this or more so", "p 值：人写的文本中同样或更像机器生成的比例"],
  at1: ["at 1 % false alarms", "误报率 1 % 时"],
  at5: ["at 5 % false alarms", "误报率 5 % 时"],
  length: ["Length", "长度"],
  unitCharacters: ["{n} Chinese characters", "{n} 字"],
  unitWords: ["{n} words", "{n} 词", "{n} word"],
  heat: ["What each sentence adds", "每个句子的影响"],
  heatLow: ["away from a machine", "不像机器"],
  heatHigh: ["towards a machine", "像机器"],
  signals: ["What weighs most", "主要迹象"],
  ood: ["Unlike all that the statistics were fitted to: the odds mean little.", "与拟合所用文本差别很大，概率意义有限。"],
  ai_likely: ["A machine likely wrote this", "很可能由机器生成"],
  inconclusive: ["It can't be told", "无法判断"],
  no_evidence: ["Nothing points to a machine", "没有机器生成的迹象"],
  too_short: ["Too short to say anything", "太短，无法判断"],
  unsupported: ["Not judged", "未判断"],
  keyTitle: ["API key", "API 密钥"],
  keyText: ["This server wants an API key. It stays in this browser.", "此服务器需要 API 密钥。密钥只保存在本浏览器。"],
  save: ["Save", "保存"],
  unreachable: ["No connection", "无连接"],
  back: ["Back to the conversation", "返回对话"],
};

let language = load("language", navigator.language?.startsWith("zh") ? "zh" : "en");
const listeners = new Set();

export function t(name, values = {}) {
  const [english, chinese, single] = WORDS[name] ?? [name, name];
  const text = language === "zh" ? chinese : values.n === 1 && single ? single : english;
  return text.replace(/\{(\w+)\}/g, (whole, value) => (value in values ? String(values[value]) : whole));
}

export function current() {
  return language;
}

export function setLanguage(value) {
  language = value;
  keep("language", value);
  apply();
  for (const listener of listeners) listener();
}

export function whenLanguageChanges(listener) {
  listeners.add(listener);
}

/** Puts the words into the markup that was there from the start. */
export function apply() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
}

/** Bytes for people. */
export function bytes(count) {
  if (!count) return "";
  const units = ["B", "KB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log(count) / Math.log(1024)), 3);
  return `${(count / 1024 ** power).toFixed(power ? 1 : 0)} ${units[power]}`;
}

/** A moment for people. */
export function moment(text) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return "";
  return at.toLocaleString(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
}

export const percent = (share) => `${Math.round(share * 100)} %`;
