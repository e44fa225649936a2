"""The invented city 云澜市: its districts, roads and word lists. No county has the division codes used here."""

from __future__ import annotations

NAME = "云澜市"

DISTRICTS = {"459901": "云湖区", "459902": "澜北区", "459903": "长埠区", "459921": "青岭县", "459922": "桐川县"}
"""Division code -> name. 4599 is given to no city by GB/T 2260, so no identity number made here is anybody's."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ROADS = _words(
    "云湖大道 澜江路 望岭路 长埠街 桐川路 青岭大道 临港路 文澜街 学府路 体育场路 人民路 解放路 "
    "中山路 滨江东路 滨江西路 环城北路 环城南路 站前路 工业大道 迎宾路 朝阳街 和平路 新华街 建设路"
)
ESTATES = _words("澜庭苑 云湖花园 望江名邸 青岭新村 桐川小区 学府雅居 滨江公馆 新华里 翠湖湾 长埠家园 锦绣华庭 安居苑")

TRADES = {
    "餐饮": "餐饮服务；食品经营；外卖递送服务",
    "建材": "建筑材料销售；五金产品零售",
    "信息技术": "软件开发；信息系统集成服务",
    "物流": "普通货物仓储服务；国内货物运输代理",
    "农业科技": "农业科学研究和试验发展；蔬菜种植",
    "医疗器械": "第二类医疗器械销售；卫生用品销售",
    "商贸": "日用百货销售；文具用品零售",
    "机电设备": "机械设备销售；电气设备修理",
}
"""Line of business -> business scope."""

BRANDS = tuple(
    f"{first}{second}"
    for first in _words("云澜 湖光 岭上 长埠 桐川 远航 鼎晟 恒润 汇通 嘉禾 瑞丰 启明 盛世 卓越 新锐 博雅")
    for second in _words("盛 达 源 泰 兴 诚 宏 顺 联创 佳业 广益 同创")
)
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "经营部", "商行")
BANKS = ("云澜农村商业银行", "云澜市商业银行", "桐川村镇银行", "青岭农村信用合作联社")
