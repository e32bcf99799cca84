"""Encodings told from the bytes: generated texts in each, many with only a few bytes beyond ASCII."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from workers.engine.bundle.runtime import encoding
from workers.engine.bundle.runtime.encoding import CODECS, check_utf8, evidence, line_at, preview, rank, utf16_without_mark

WORDS = {
    "gb18030": "姓名 性别 年龄 客户编号 婚姻状况 已婚 未婚 本科 北京 上海 广州 深圳 张伟 王芳 李娜 刘洋 商品 评价 很好用 送餐快 味道不错 男 女 是 否 合计 备注",
    "big5": "姓名 性別 年齡 客戶編號 婚姻狀況 臺北 高雄 陳志明 林淑芬 黃俊傑 商品 評價 還不錯 服務很好 男 女 總計 備註 銷售額",
    "shift_jis": "氏名 住所 さくら 東京都 大阪府 カタカナ ノート 価格 とうきょう 佐藤 鈴木 ありがとう 商品名 テスト 男性 女性です",
    "euc_jp": "さくら ひらがな カタカナ ノート 価格です とうきょう 佐藤さん ありがとう テスト 女性です 住所はどこ",
    "euc_kr": "이름 도시 김철수 박영희 서울 부산 성별 나이 남자 여자 주소 전화번호 고객 합계 상품 매우 좋아요 배송이 빨라요",
    "cp1252": "Müller José François Søren Renée naïve café São Größe Straße Ñuñoa été déjà Genève Malmö Ángel coração señor Zürich über",
    "cp1251": "Иван Ольга Москва Казань имя город да нет женский мужской Сергей Петрова улица сумма кредит дата возраст",
    "cp1250": "Jiří Dvořák Žofie Kroměříž Plzeň Šárka Čeněk Růžena Olomouc-střed dlužník částka úvěr měsíc Jihlavský Ústí výše",
    "cp1254": "Ayşe Gülşen İstanbul Diyarbakır Çağrı öğrenci müşteri şehir doğum kadın yaş gelir",
    "cp1253": "Γιώργος Αθήνα Θεσσαλονίκη όνομα πόλη ηλικία άνδρας γυναίκα ημερομηνία ποσό πελάτης",
    "koi8-r": "Иван Ольга Москва Казань имя город нет женский мужской Сергей Петрова улица сумма кредит дата возраст",
}
SHORT = {
    "gb18030": "a,b\n1,是\n", "big5": "性別,n\n男,1\n", "shift_jis": "商品,n\nペン,1\n", "euc_kr": "성별,n\n여,1\n",
    "cp1252": "name,n\nJosé,1\n", "cp1251": "да,n\nнет,1\n", "cp1250": "n,m\nŁódź,1\n",
}  # fmt: skip


def judged(text: str, name: str) -> list[str]:
    """The ranking of a text once it is in an encoding."""
    lines = "\n".join(line for line in text.split("\n") if not line.isascii())
    return [found for found, _ in rank(lines.encode(CODECS.get(name, name)))]


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("count", [3, 8, 40])
def test_the_right_encoding_comes_first(name: str, count: int) -> None:
    chance = random.Random(count)
    words = WORDS[name].split()
    for _ in range(20):
        picked = [chance.choice(words) for _ in range(count)]
        text = "id,text,amount\n" + "".join(f"{i},{word} {chance.randrange(99)},{chance.random():.2f}\n" for i, word in enumerate(picked))
        assert judged(text, name)[0] == name, picked


@pytest.mark.parametrize(("name", "text"), SHORT.items())
def test_a_single_word_is_enough(name: str, text: str) -> None:
    assert judged(text, name)[0] == name


@pytest.mark.parametrize("mark", ["5 €", "20 °C", "£100", "£ 2.50", "½", "«x»"])
def test_a_sign_alone_is_western(mark: str) -> None:
    assert judged(f"n,x\n1,{mark}\n", "cp1252")[0] == "cp1252"


def test_one_bad_byte_does_not_turn_a_chinese_file_western() -> None:
    text = "\n".join(f"{i},李明,北京" for i in range(200)).encode("gbk")
    assert rank(text + b"\n1,\xff\n")[0][0] == "gb18030"


def test_evidence_comes_from_all_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "CHUNK", 1 << 16)
    path = tmp_path / "x"
    path.write_bytes(b"a,b\n" * 100_000 + "é,x\n".encode("cp1252") + b"a,b\n" * 100_000 + "ß,x\n".encode("cp1252"))
    assert evidence(path) == (b"\xe9,x\n\xdf,x", True)


def test_utf16_without_a_mark_is_seen_and_a_nul_among_text_is_not() -> None:
    text = "姓名,城市\n李明,北京\n" * 20
    assert utf16_without_mark(text.encode("utf-16-le")) == "utf-16-le"
    assert utf16_without_mark(text.encode("utf-16-be")) == "utf-16-be"
    assert utf16_without_mark(b"a,b\n1,\x002\n" * 20) is None
    assert utf16_without_mark(bytes(range(256)) * 16) is None


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1 << 20])
def test_the_pass_over_the_bytes_does_not_depend_on_its_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(encoding, "CHUNK", chunk)
    path = tmp_path / "x"
    path.write_bytes("a,é\r\nb,c\rd\n€".encode())
    found = check_utf8(path)
    assert (found.fault, found.ends, found.mixed) == (None, {"\r\n", "\r", "\n"}, True)
    path.write_bytes(b"a\r\nb\r\n\r\n")
    assert check_utf8(path).ends == {"\r\n"}
    path.write_bytes("a,é\r\nb,c\rd\n€".encode() + b"\xff")
    assert check_utf8(path).fault == 15 and line_at(path, 15) == 4
    path.write_bytes("a,é\n€".encode()[:-1])
    assert check_utf8(path).fault == 5


def test_a_preview_shows_cells_not_lines() -> None:
    assert preview('id,name\n1,"Müller"\n2;José;x\n') == "Müller | José"
