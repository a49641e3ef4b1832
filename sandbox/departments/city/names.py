"""What people, streets and firms of the city are called."""

from __future__ import annotations

from sandbox.departments.city.chance import Chance

FAMILY = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧")
MEN = ("伟", "强", "磊", "军", "洋", "勇", "杰", "涛", "明", "超", "建华", "志强", "国平", "家豪")
WOMEN = ("芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "慧", "婷", "桂英", "秀兰", "雪梅", "若曦")
ETHNICITIES = ("汉族",) * 12 + ("回族", "满族", "壮族", "苗族")
STREETS = ("和平路", "柳荫巷", "学府路", "晴川大道", "望江街", "梧桐里", "东湖路", "银杏街")
TRADES = ("餐饮", "建材", "软件", "物流", "纺织", "文化传媒", "医疗器械", "园林")
SCOPES = {
    "餐饮": "餐饮服务；食品销售",
    "建材": "建筑材料销售；装饰装修服务",
    "软件": "软件开发；信息系统集成服务",
    "物流": "普通货物仓储服务；国内货物运输代理",
    "纺织": "针纺织品销售；服装制造",
    "文化传媒": "广告设计、制作、代理；组织文化艺术交流活动",
    "医疗器械": "第一类医疗器械销售",
    "园林": "园林绿化工程施工；花卉种植",
}
_SPARE = "长安永盛华泰瑞丰恒信嘉和鼎新远航"


def person(chance: Chance, *, man: bool, family: str | None = None) -> str:
    """Return a name; children take a family name along."""
    return (family or chance.one(FAMILY)) + chance.one(MEN if man else WOMEN)


def address(chance: Chance) -> str:
    """Return where a household lives."""
    flat = f"{chance.whole(1, 9)} 幢 {chance.whole(1, 18)}{chance.whole(1, 4):02d} 室"
    return f"虚拟省晴川市{chance.one(STREETS)} {chance.whole(1, 200)} 号 {flat}"


def firm(chance: Chance, trade: str) -> str:
    """Return what a company is called."""
    return f"晴川市{chance.one(_SPARE)}{chance.one(_SPARE)}{trade}有限公司"
