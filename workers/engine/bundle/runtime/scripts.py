"""How much like writing a decoded text reads: the evidence that ranks encodings. Only its characters beyond ASCII speak."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

# Characters people write most, with those of names, places and table headers. Simplified, traditional, Japanese, Korean.
_SIMPLIFIED = set(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进"
    "好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加"
    "西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管"
    "期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识"
    "候带导争运笔男姓龄省县城乡镇街号码编客户订单额价销售收支余贷款逾违约卡银率评级婚姻历职付位患诊断室病药费血压糖检验李刘陈杨黄周吴徐孙胡朱林郭罗梁宋郑谢韩唐冯萧曹袁邓沈曾彭吕苏卢"
    "蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范石姚谭廖邹熊陆郝孔崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易常武乔贺赖龚京津渝深圳杭州汉宁波厦苏辽吉黑龙浙徽福湖广川贵云陕甘青藏备注状态型入址话邮"
    "箱否季周份店味道送餐快慢吃菜服务酒早晚车房床热冷贵便宜推荐差赵伟强静娜丽敏军杰涛超艳磊洋勇霞玲"
)
_TRADITIONAL = set(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進"
    "好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加"
    "西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管"
    "期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識"
    "候帶導爭運男姓齡省縣城鄉鎮街號碼編客戶訂單額價銷售收支餘貸款逾違約卡銀率評級婚姻歷職付患診斷室病藥費血壓糖檢驗李劉陳楊黃周吳徐孫胡朱林郭羅梁宋鄭謝韓唐馮蕭曹袁鄧沈曾彭呂蘇盧蔣"
    "蔡賈丁魏薛葉余潘杜戴夏鍾汪田姜范石姚譚廖鄒熊陸郝孔崔康毛邱秦江史顧侯邵孟龍段雷錢湯尹黎易賴臺灣台北新竹桃園基隆宜蘭花蓮彰化嘉義屏港九龍澳備註狀態型址郵箱季份店門市志豪雅婷淑芬俊傑"
)
_JAPANESE = set(
    "日一国人年大十二本中長出三時行見月後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞食車何南万毎白天母火右読友左休父雨会同事自社発者地業方"
    "新場員立開手力問代明動京目通言理体田主題意不作用度強公持野以思家世多正安院心界教文元重近考画海売知道集別物使品計死特私始朝運終台広住真有口少町料工建空急止送切転研足究楽起着店病質待"
    "試族銀早映親験英医仕去味写字答夜音注帰古歌買悪図週室歩風紙黒花春赤青館屋色走秋夏習駅洋旅服夕借曜飲肉貸堂鳥飯勉冬昼茶弟牛魚兄犬妹姉漢市県区都府村氏齢性住所電番号氏名佐藤鈴木高橋伊渡"
    "辺山本中村小林加吉松井阪横浜神戸福岡札幌仙広島額価格数量商品顧客注文売上備考状態種類合計平均支払部門社員"
)
_KOREAN = set(
    "이다는의가을를한하고에서로으기지사도인어나리해대자시일있그것들아정수라보만부여전주오제구상원스과공게장문안무관니생유신마소요동경우조성거면국세적모선치때재비화연당미실명개계와자중회업용"
    "물내트체간반방차발식행학강산위진호품질양격감목심남북서울광천인구최박김윤임한홍권황송류배백허노심손곽차민은현준영숙희철순옥미정혜지번호름성별나주소전화금액수량날짜합계고객주문상태등급여남자"
)
_PUNCTUATION = set("　、。，．・：；？！「」『』（）《》“”‘’…—～〈〉【】％￥＋－／〒")
_LETTERS = re.compile(r"[^\W\d_]+")

# The letters beyond ASCII of the languages an encoding is made for.
_WESTERN = (
    "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü¿¡ºª", "áâãàçéêíóôõúü", "àèéìíîòóùú", "æøåé", "åäöé", "áéíóúýþæöð", "ëïéèöüó", "àçèéíïòóúü",
)  # fmt: skip
_CENTRAL = ("áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "ăâîșțşţ", "čćđšž")
_TURKISH = ("çğıöşüi\u0307âî",)  # the small of İ are two characters
_MARKS = set("€£¥©®°±²³µ·¹º¼½¾×÷–—‘’“”„…«»§¿¡•™‰")


def han(encoding: str, frequent: set[str], first: bytes, last: bytes) -> Callable[[str], float]:
    """A judge of Chinese or Japanese: ``first`` to ``last`` are the lead bytes of the characters a standard puts first."""

    def judge(text: str) -> float:
        return _mean(text, lambda character: _han(character, encoding, frequent, first, last))

    return judge


def japanese(text: str) -> float:
    """As ``han``; narrow katakana count where they make words."""
    judge = han("euc_jp", _JAPANESE, b"\xb0", b"\xcf")
    return judge(re.sub("[\uff61-\uff9f]{3,}", lambda match: "ヶ" * len(match[0]), text))


def _han(character: str, encoding: str, frequent: set[str], first: bytes, last: bytes) -> float:
    if character == "ヶ":  # rare in words, so that it can stand for narrow ones
        return 0.6 if frequent is _JAPANESE else 0.0
    if "\u3040" <= character <= "\u30ff":
        return 0.95 if frequent is _JAPANESE else 0.0
    if "\uff61" <= character <= "\uff9f":
        return 0.1
    if character in frequent:
        return 1.0
    if character in _PUNCTUATION:
        return 0.8
    if "\uff01" <= character <= "\uff5e":
        return 0.6
    if not "\u4e00" <= character <= "\u9fff":
        return -0.5
    try:
        lead = character.encode(encoding)[:1]
    except UnicodeEncodeError:
        return -0.5
    return 0.55 if first <= lead <= last else -0.3


def korean(text: str) -> float:
    """Hangul of KS X 1001; Chinese characters are rare in it."""
    return _mean(text, _hangul)


def _hangul(character: str) -> float:
    if character in _KOREAN:
        return 1.0
    if not "\uac00" <= character <= "\ud7a3":
        return 0.7 if character in _PUNCTUATION else -0.3
    try:
        return 0.5 if len(character.encode("euc_kr")) == 2 else -0.3
    except UnicodeEncodeError:
        return -0.3


def western(text: str) -> float:
    """Latin letters with marks, as in the languages of Western Europe."""
    return _latin(text, _WESTERN)


def central(text: str) -> float:
    """Latin letters with marks, as in the languages of Central Europe; where both fit, the western reading is the usual one."""
    return _latin(text, _CENTRAL) - 0.02


def turkish(text: str) -> float:
    """Latin letters with marks, as in Turkish."""
    own = any(letter in text for letter in "ğışİŞ") and not any(letter in text for letter in "áéíóúæ")
    return _latin(text, _TURKISH) + (0.02 if own else -0.03)  # else it may be Icelandic, whose letters stand in their place


def _latin(text: str, alphabets: tuple[str, ...]) -> float:
    """Half for letters some language of the group has and the best single one, half for standing within words as they do."""
    odd = Counter(character for character in text if character > "\x7f")
    total = sum(odd.values())
    if not total:
        return 0.0
    letters = {character: count for character, count in odd.items() if character.isalpha() and character not in "ªº"}
    count = sum(letters.values())
    known = sum(n for character, n in letters.items() if any(character.lower() in alphabet for alphabet in alphabets))
    best = max(sum(n for character, n in letters.items() if character.lower() in alphabet) for alphabet in alphabets)
    words = [word for word in _LETTERS.findall(text) if any(character > "\x7f" for character in word)]
    shape = sum(map(_latin_word, words)) / len(words) if words else 0.8
    spelled = (0.6 * known + 0.4 * best) / count if count else 0.8
    return 0.95 * (count / total * spelled * shape + sum(odd[mark] for mark in _MARKS if mark in odd) / total * _apart(text))


def _latin_word(word: str) -> float:
    """An accented letter stands among plain ones, and capitals only lead."""
    if any("\u0370" <= character <= "\u1fff" or character > "\u2fff" for character in word):
        return 0.0
    plain = sum(character < "\x80" for character in word)
    cased = word[1:].islower() or word.isupper() or len(word) == 1
    if not plain:
        return 0.5 if len(word) == 1 else 0.15
    return (1.0 if cased else 0.4) * (1.0 if 3 * plain >= len(word) else 0.5)


def _apart(text: str) -> float:
    """How many typographic marks stand where they may: none within a word, no currency before one. ``£ódŸ`` is Łódź misread."""
    marks = list(re.finditer(r"[€£¥©®°±²³µ·¹º¼½¾×÷–—‘“”„…«»§¿¡•™‰]", text))
    wrong = sum(
        text[mark.end() : mark.end() + 1].isalpha() and (mark[0] in "€£¥¹²³" or text[mark.start() - 1 : mark.start()].isalpha())
        for mark in marks
    )
    return 0.8 * (1 - wrong / len(marks)) if marks else 0.8


def cyrillic(text: str) -> float:
    """Words wholly of Cyrillic letters, with vowels among them, capitals only leading; a word half Latin is no word."""
    return _alphabet(text, "\u0400", "\u045f", "аеиоуыэюяёіїє", "авикосуя")


def greek(text: str) -> float:
    """The same for Greek."""
    return _alphabet(text, "\u0386", "\u03ce", "αεηιουωάέήίόύώϊϋΐΰ", "οη")


def _alphabet(text: str, first: str, last: str, vowels: str, alone: str) -> float:
    words = [word for word in _LETTERS.findall(text) if any(character > "\x7f" for character in word)]
    letters = "".join(words).lower()
    if not letters:
        return 0.1
    whole = [word for word in words if all(first <= character <= last for character in word)]
    good = sum(len(word) * (_cased(word) if len(word) > 1 else 0.9 if word.lower() in alone else 0.4) for word in whole) / len(letters)
    share = sum(character in vowels for character in letters) / len(letters)
    odd = [character for character in text if character > "\x7f"]
    own = sum(first <= character <= last or character in "№«»–—…“”’" for character in odd) / len(odd)
    return 0.95 * good * own * min(1.0, 0.4 + 2 * share)


def _cased(word: str) -> float:
    """Capitals throughout are rarer: one encoding's small letters are another's capitals."""
    return 1.0 if word[1:].islower() else 0.8 if word.isupper() else 0.2


def _mean(text: str, worth: Callable[[str], float]) -> float:
    odd = Counter(character for character in text if character > "\x7f")
    total = sum(odd.values())
    return sum(count * worth(character) for character, count in odd.items()) / total if total else 0.0


JUDGES: dict[str, Callable[[str], float]] = {
    "gb18030": han("gb2312", _SIMPLIFIED, b"\xb0", b"\xd7"),
    "big5": han("big5", _TRADITIONAL, b"\xa4", b"\xc6"),
    "shift_jis": japanese,
    "euc_jp": han("euc_jp", _JAPANESE, b"\xb0", b"\xcf"),
    "euc_kr": korean,
    "cp1252": western,
    "cp1251": cyrillic,
    "cp1250": central,
    "cp1254": turkish,
    "cp1253": greek,
    "koi8-r": lambda text: cyrillic(text) - 0.02,
}
