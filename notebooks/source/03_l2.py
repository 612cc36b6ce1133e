# %% [markdown] lang="ja" id="title"
# # 03　L2正則化
#
# 過学習したネットワークの重みを見ると、大きな値が目立ちます。それなら、大きな重みに値段を付けてみてはどうでしょうか。これが**L2正則化**です。回帰では**リッジ回帰**（ridge regression）という名前で、1970年から使われています。この課では、L2正則化をKerasで使い、別の方法で計算した答えと1つずつ照らし合わせて、何が起きているのかを確かめます。
#
# **このノートブックを終えると、次のことができます。**
#
# - KerasのネットワークにL2正則化を加え、重みがどう変わるかを説明する
# - `loss`と`val_loss`に含まれるペナルティを、データ損失と分けて読む
# - Kerasのλを、scikit-learnの`Ridge`の`alpha`に直す（2倍の落とし穴を避ける）
# - 特徴量の単位がλの意味を変えることを説明し、訓練データの統計量で標準化する
# - 検証曲線からλを選ぶ
#
# 時間の目安は50分です。「発展」の2つも読むなら90分です。
# %% [markdown] lang="en" id="title"
# # 03 L2 regularization
#
# Look at the weights of a network that overfits, and large values stand out. Then why not put a price on large weights? That is the idea of **L2 regularization**. In regression it is called **ridge regression**, and it has been in use since 1970. In this lesson you apply it in Keras and check the result, step by step, against answers computed in other ways.
#
# **When you have finished this notebook, you can**
#
# - add L2 regularization to a Keras network and say what it does to the weights
# - tell the penalty, which is part of `loss` and `val_loss`, from the data loss
# - turn Keras' λ into the `alpha` of scikit-learn's `Ridge` (and avoid the trap of a factor of 2)
# - explain how the unit of a feature changes what λ means, and standardize with the statistics of the training data
# - choose λ from a validation curve
#
# Allow about 50 minutes, or 90 with the two advanced boxes.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import Ridge

from coursekit import data, models, penalties, plots, training, weights
from coursekit.exercises import check, quiz
from coursekit.language import text

# %% [markdown] lang="ja" id="story"
# ## ばねの付いたつまみ
#
# 放送部の部室に、つまみが何千個も並んだ大きなミキサーがあります。つまみはどれも0から始まり、上にも下にも動きます。新入部員が、1回の演奏の録音だけを聴きながら、録音とそっくりの音が出るまでつまみを動かしました。何千個もあれば、演奏だけでなく、客席のせきや椅子のきしみまで再現できます。ただし、そのためには、たくさんのつまみを極端な位置まで動かさなければなりません。そして、その設定で次の日の演奏を流すと、ひどい音になりました。
#
# 先輩は、すべてのつまみにばねを付けました。0から離れるほど、ばねはつまみを強く引き戻します。こうなると、演奏全体をよくするつまみ、つまり何度も同じ向きに押されるつまみだけが、ばねに逆らって動きます。せきを1回再現するためだけのつまみは、ほとんど動けません。
#
# つまみは重み、ばねはL2正則化です。この課の問いは2つに見えて、実は1つです。**ばねは重みに何をするのか。そして、ばねの強さλはどう決めればよいのか。**
# %% [markdown] lang="en" id="story"
# ## Sliders on springs
#
# The school's radio club owns a huge mixing desk with thousands of sliders. All of them start at 0 and move both ways. A new member listens to the recording of a single concert and moves the sliders until the desk reproduces it exactly. With thousands of sliders she can imitate not only the music but every cough and every creaking chair in the hall, though it takes extreme positions on a great many of them. The next day's concert, played with the same settings, sounds awful.
#
# An older member fits a spring to every slider. The further a slider is from 0, the harder its spring pulls it back. Now only those sliders move far that improve the music as a whole, because they are pushed the same way again and again. A slider whose only use is to imitate one cough hardly moves at all.
#
# The sliders are the weights and the springs are L2 regularization. The question of this lesson looks like two, but is one: **what do the springs do to the weights, and how strong, λ, should they be?**

# %% [markdown] lang="ja" id="digits-question"
# ## 実験1　ばねを付けてみる
#
# データは[01　過学習とは何か](01_overfitting.ipynb)と同じ手書き数字です。訓練データ600枚のうち40%はラベルを引き直してあり、36%ほどが間違っています。検証データの200枚も同じ割合で間違っています。テストデータのラベルはすべて正しいままです。この実験では、ばねの効き目を見るためにテストデータも使いますが、それで何かを選ぶことはしません。
#
# KerasでL2正則化を使うには、層に`kernel_regularizer=keras.regularizers.L2(0.01)`と書きます。0.01が、ばねの強さλです。`kernel`は重み行列のことで、バイアスにはばねを付けません（ここでのバイアスは層が足す定数で、[02　過学習の原因と対策](02_causes_and_remedies.ipynb)の「バイアスとバリアンス」のバイアスとは別のものです）。数を書かずに`L2()`とすると0.01になりますが、いつも書いておくほうが安全です。隠れ層が1つ、ユニットが256個のネットワークを、λ = 0（ペナルティなし）とλ = 0.01とで訓練します。ほかの条件はすべて同じです。
#
# **予想してみよう**　ばねを付けると、訓練データのデータ損失は上がるでしょうか、下がるでしょうか。検証データではどうでしょうか。
# %% [markdown] lang="en" id="digits-question"
# ## Experiment 1: fit the springs
#
# The data are the handwritten digits of [01 What overfitting is](01_overfitting.ipynb). 40% of the 600 training labels have been redrawn, so that about 36% are wrong, and the 200 validation labels are as noisy. The test labels are all correct. In this experiment we look at the test data to see the effect of the springs; nothing is chosen by them.
#
# In Keras you add L2 regularization to a layer by writing `kernel_regularizer=keras.regularizers.L2(0.01)`. The 0.01 is λ, the strength of the springs. The `kernel` is the weight matrix of the layer; the biases get no springs (these are the constants that a layer adds, not the bias of “bias and variance” in [02 Causes and remedies](02_causes_and_remedies.ipynb)). Without a number, `L2()` means 0.01, but it is safer always to write one. We train a network with one hidden layer of 256 units, once with λ = 0 (no penalty) and once with λ = 0.01. Everything else is the same.
#
# **Make a guess.** Will the springs raise or lower the data loss on the training data? And on the validation data?

# %% id="digits-network"
digits = data.digits(label_noise=0.4, seed=0)


def network(l2):
    keras.utils.set_random_seed(0)
    penalty = keras.regularizers.L2(l2)
    model = keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(256, activation="relu", kernel_regularizer=penalty),
        keras.layers.Dense(10, activation="softmax", kernel_regularizer=penalty),
    ])
    optimizer = keras.optimizers.Adam(0.005)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% id="digits-fit"
networks = {text("no_penalty"): network(0.0), text("l2_strength", strength=0.01): network(0.01)}
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained", sharey=True)
for (name, model), ax in zip(networks.items(), axes):
    history = training.fit(
        model, *digits.train, validation_data=digits.validation, epochs=60, batch_size=64, progress=False
    )
    plots.plot_loss_curves(history, ax=ax)
    ax.set_title(name)

# %% id="digits-test"
for name, model in networks.items():
    print(f"{name}: test accuracy {training.evaluate(model, *digits.test)['accuracy']:.2f}")

# %% id="digits-weights"
plots.plot_weight_histogram({name: weights.flat(model) for name, model in networks.items()});

# %% id="digits-zeros" tags=["nbval-check-output"]
for name, model in networks.items():
    w = weights.flat(model)
    print(f"{name}: {w.size:,} weights, {np.sum(w == 0)} of them exactly 0")

# %% [markdown] lang="ja" id="digits-seen" claims="03-l2-cures-noisy-labels 03-weights-shrink-and-none-is-zero"
# 1つ目の図から見ていきます。ばねのないネットワーク（左）では、訓練データの損失（青い実線）は下がり続け、検証データの損失（橙色の破線）は数エポックで底を打ってから上がり続けます。ばねのあるネットワーク（右）では、訓練データの損失は途中で下げ止まり、検証データの損失は低いところにとどまります。訓練データの成績は**わざと悪くなり**、その代わりに、間違ったラベルを丸暗記しなくなったのです。
#
# データの分け方、ラベルノイズ、初期の重み、行の順番をすべて変えて5つのシードで繰り返すと、正しいラベルのテストデータでの正解率は、ペナルティなしで0.71 ± 0.04、λ = 0.01で0.89 ± 0.03でした（平均と標準偏差）。5回とも、L2正則化のほうが高くなりました。この課には、セルの出力にはないのに「いくつかのシードで」と書いた数があります。どれも、同じ実験をシードを変えて繰り返した結果です（プロジェクトの`tests/claims`で測っています）。
#
# 2つ目の図は、重みの値の分布です。縦軸は対数目盛です。ばねがないと、重みは大きく広がります（青い実線）。λ = 0.01では、標準偏差が6分の1から7分の1になり、0の近くに集まります（橙色の破線）。ところが、18,944個の重みのうち、ちょうど0になったものは1つもありません。小さくはなるのに、0にはならない。なぜでしょうか。
# %% [markdown] lang="en" id="digits-seen" claims="03-l2-cures-noisy-labels 03-weights-shrink-and-none-is-zero"
# Look at the first figure. Without springs (left), the loss on the training data (solid blue) keeps falling, while the loss on the validation data (dashed orange) reaches its minimum within a few epochs and then climbs and climbs. With springs (right), the training loss stops falling at some point, and the validation loss stays low. The network does worse on its training data **on purpose**; in return it no longer learns the wrong labels by heart.
#
# We repeated this with 5 seeds, each with another split, other label noise, other initial weights and another order of the rows. Accuracy on the correctly labeled test data was 0.71 ± 0.04 without a penalty and 0.89 ± 0.03 with λ = 0.01 (mean and standard deviation). L2 regularization was better all 5 times. Where this lesson gives a result over several seeds that no cell prints, the same experiment was repeated with other seeds (in the project's `tests/claims`).
#
# The second figure shows where the weights lie, on a logarithmic vertical axis. Without springs they spread far (solid blue). With λ = 0.01 their standard deviation is 6 to 7 times smaller, and they crowd around 0 (dashed orange). Yet of the 18,944 weights not a single one is exactly 0. They become small but never vanish. Why is that?

# %% [markdown] lang="ja" id="formula"
# ## ばねを式で書く
#
# ばねに蓄えられるエネルギーは、伸びの2乗に比例します。L2正則化も同じ形をしています。ネットワークが小さくしようとするものは、次の和になります。
#
# $$\underbrace{E(w)}_{\text{目的関数}} = \underbrace{L(w)}_{\text{データ損失}} + \underbrace{\lambda \sum_j w_j^2}_{\text{ペナルティ}}$$
#
# - $L(w)$は**データ損失**（data loss）で、交差エントロピーや平均二乗誤差のことです。データに合わせようとします。
# - $\lambda \sum_j w_j^2$は**正則化項**（regularization term）です。**罰則項**（penalty term）、あるいは単に**ペナルティ**（penalty）とも呼びます。$w_j$は$j$番目の重みです。
# - $\lambda \ge 0$は**正則化の強さ**（regularization strength）です。0ならばねはありません。
# - 2つの和$E(w)$を**目的関数**（objective）といいます。
#
# Kerasの`L2(λ)`は、この式のとおりです。$\frac{1}{2}$は付きません。「L2ノルムを足す」と書いてある記事もありますが、足すのはノルム$\sqrt{\sum_j w_j^2}$ではなく、その2乗です。
#
# ばねの力は、エネルギーの傾きです。$\lambda w_j^2$を$w_j$で微分すると$2\lambda w_j$ですから、学習率（learning rate）$\eta$の勾配降下法（gradient descent）の1歩は、次のようになります。
#
# $$w_j \leftarrow w_j - \eta \frac{\partial L}{\partial w_j} - 2\eta\lambda w_j = (1 - 2\eta\lambda)\,w_j - \eta \frac{\partial L}{\partial w_j}$$
#
# 右辺の$(1 - 2\eta\lambda)\,w_j$に注目してください。データが何も言わなければ、重みは1歩ごとに**同じ割合だけ**縮みます。このことから、L2正則化は**重み減衰**（weight decay、荷重減衰とも）とも呼ばれます。
#
# データから何の力も受けない重みで確かめましょう。入力がすべて0なら、重みを変えてもデータ損失は変わらず、働くのはばねだけです。重みを1から始め、$\eta = 0.1$、$\lambda = 0.05$とします。
#
# **予想してみよう**　1000歩のあと、重みはちょうど0になっているでしょうか。
# %% [markdown] lang="en" id="formula"
# ## The springs as a formula
#
# The energy stored in a spring is proportional to the square of its extension. L2 regularization has the same form. What the network makes small is this sum:
#
# $$\underbrace{E(w)}_{\text{objective}} = \underbrace{L(w)}_{\text{data loss}} + \underbrace{\lambda \sum_j w_j^2}_{\text{penalty}}$$
#
# - $L(w)$ is the **data loss**, cross-entropy or mean squared error. It pulls toward the data.
# - $\lambda \sum_j w_j^2$ is the **regularization term**. It is also called the **penalty term**, or **penalty** for short. $w_j$ is the $j$-th weight.
# - $\lambda \ge 0$ is the **regularization strength**. With 0 there are no springs.
# - The sum of the two, $E(w)$, is called the **objective**.
#
# Keras' `L2(λ)` is exactly this formula, without any $\frac{1}{2}$. Some articles say that “the L2 norm is added”. What is added is not the norm $\sqrt{\sum_j w_j^2}$ but its square.
#
# The force of a spring is the slope of its energy. The derivative of $\lambda w_j^2$ with respect to $w_j$ is $2\lambda w_j$, so one step of gradient descent with the learning rate $\eta$ reads
#
# $$w_j \leftarrow w_j - \eta \frac{\partial L}{\partial w_j} - 2\eta\lambda w_j = (1 - 2\eta\lambda)\,w_j - \eta \frac{\partial L}{\partial w_j}$$
#
# Look at the term $(1 - 2\eta\lambda)\,w_j$ on the right. As long as the data have nothing to say, each step shrinks the weight **by the same fraction**. That is why L2 regularization is also known as **weight decay**.
#
# Let us check this with a weight on which the data exert no force. If all inputs are 0, the weight makes no difference to the data loss, and only the spring is at work. The weight starts at 1, with $\eta = 0.1$ and $\lambda = 0.05$.
#
# **Make a guess.** Will the weight be exactly 0 after 1000 steps?

# %% id="spring-alone" tags=["nbval-check-output"]
layer = keras.layers.Dense(1, kernel_initializer="ones", kernel_regularizer=keras.regularizers.L2(0.05))
model = keras.Sequential([keras.Input((1,)), layer])
model.compile(keras.optimizers.SGD(0.1), "mean_squared_error")
nothing = np.zeros((8, 1))
steps = 0
for more in (1, 9, 90, 900):
    training.fit(model, nothing, nothing, epochs=more, batch_size=8, progress=False)
    steps = steps + more
    w = float(layer.kernel[0, 0])
    print(f"after {steps:4} steps: Keras {w:.2e}, formula {(1 - 2 * 0.1 * 0.05) ** steps:.2e}")

# %% [markdown] lang="ja" id="spring-seen" claims="03-each-step-shrinks-by-the-same-fraction"
# Kerasの重みは、式$(1 - 2\eta\lambda)^t = 0.99^t$（$t$は歩数）とぴったり一致します。1歩ごとに1%縮むので、1000歩のあとにはおよそ0.00004です。とても小さい値ですが、0ではありません。
#
# 引き戻す力$2\lambda w_j$は、重みが0に近づくと一緒に弱くなります。最後のひと押しがないのです。だからL2正則化は重みを**縮めますが、ちょうど0にはしません**。ちょうど0にしたいときはどうするのか。それが次の課、[04　L1正則化](04_l1.ipynb)の話です。
# %% [markdown] lang="en" id="spring-seen" claims="03-each-step-shrinks-by-the-same-fraction"
# Keras' weight agrees with the formula $(1 - 2\eta\lambda)^t = 0.99^t$, where $t$ is the number of steps. It shrinks by 1% a step, and after 1000 steps it is about 0.00004: tiny, but not 0.
#
# The force $2\lambda w_j$ grows weaker as the weight approaches 0. The last push is missing. That is why L2 regularization **shrinks weights but makes none of them exactly 0**. If exact zeros are what you want, turn to the next lesson, [04 L1 regularization](04_l1.ipynb).

# %% [markdown] lang="ja" id="ex-penalty" tags=["exercise"]
# ### 練習1　ペナルティを計算する
#
# 重みが$w = (1, -2, 3)$、$\lambda = 0.01$のとき、Kerasの`L2(0.01)`が損失に足す値はいくつでしょうか。紙の上でも、コードでもかまいません。
#
# <details><summary>ヒント</summary>
#
# 重みの2乗の和に、λを掛けます。$\frac{1}{2}$や平方根は付きません。
#
# </details>
# %% [markdown] lang="en" id="ex-penalty" tags=["exercise"]
# ### Exercise 1: work out a penalty
#
# The weights are $w = (1, -2, 3)$ and $\lambda = 0.01$. How much does Keras' `L2(0.01)` add to the loss? Use paper or code, as you like.
#
# <details><summary>Hint</summary>
#
# Multiply the sum of the squared weights by λ. There is no $\frac{1}{2}$ and no square root.
#
# </details>

# %% id="ex-penalty-answer" tags=["exercise"]
answer = ...

# %% id="ex-penalty-solution" tags=["solution"]
answer = 0.01 * (1**2 + (-2) ** 2 + 3**2)

# %% id="ex-penalty-check" tags=["check"]
check("03-penalty", answer)

# %% [markdown] lang="ja" id="ex-halving" tags=["exercise"]
# ### 練習2　半分になるまで
#
# 上の実験（$\eta = 0.1$、$\lambda = 0.05$、データの力はなし）で、重みが初めて最初の半分以下になるのは何歩目でしょうか。
#
# <details><summary>ヒント</summary>
#
# $0.99^t \le 0.5$となる最小の整数$t$を求めます。対数を使うか、`while`で1歩ずつ掛けていきます。
#
# </details>
# %% [markdown] lang="en" id="ex-halving" tags=["exercise"]
# ### Exercise 2: until half is left
#
# In the experiment above ($\eta = 0.1$, $\lambda = 0.05$, no force from the data), after which step is the weight for the first time at most half of what it was at the start?
#
# <details><summary>Hint</summary>
#
# Find the smallest integer $t$ with $0.99^t \le 0.5$. Use a logarithm, or a `while` loop that multiplies step by step.
#
# </details>

# %% id="ex-halving-answer" tags=["exercise"]
answer = ...

# %% id="ex-halving-solution" tags=["solution"]
answer = int(np.ceil(np.log(0.5) / np.log(0.99)))

# %% id="ex-halving-check" tags=["check"]
check("03-halving", answer)

# %% [markdown] lang="ja" id="loss-question"
# ## 実験2　Kerasの`loss`には何が入っているか
#
# Kerasが表示する`loss`と`val_loss`は、データ損失でしょうか。それとも目的関数、つまりペナルティまで含んだ値でしょうか。「ペナルティは訓練のときだけ足される」と書いてある本もあります。λ = 0.01のネットワークで確かめます。`training.fit`が返す表では、データ損失（`data_loss`）とペナルティ（`penalty`）が別の列になっています。
#
# **予想してみよう**　検証データの`val_loss`に、ペナルティは含まれているでしょうか。
# %% [markdown] lang="en" id="loss-question"
# ## Experiment 2: what is in Keras' `loss`?
#
# Keras reports `loss` and `val_loss`. Are these data losses, or the objective with the penalty in it? Some books say that “the penalty is only added at training time”. Let us look at the network with λ = 0.01. In the table that `training.fit` returns, data loss (`data_loss`) and penalty (`penalty`) have columns of their own.
#
# **Make a guess.** Does the `val_loss` on the validation data contain the penalty?

# %% id="loss-figure"
# `history` is what the loop of experiment 1 left: the training with λ = 0.01, its last turn.
plots.plot_penalized_loss(history);

# %% id="loss-numbers"
last, model = history.table.iloc[-1], networks[text("l2_strength", strength=0.01)]
keras_val_loss = model.evaluate(*digits.validation, verbose=0)[0]
penalty = penalties.penalty_sum(weights.flat(model), l2=0.01)
print(f"Keras' val_loss                   {keras_val_loss:.3f}")
print(f"validation data loss              {last['val_data_loss']:.3f}")
print(f"0.01 * sum of the squared weights {penalty:.3f}")

# %% [markdown] lang="ja" id="loss-seen" claims="03-the-penalty-is-in-both-losses"
# 点線の2本がKerasの`loss`と`val_loss`、実線と破線がデータ損失です。点線はどちらも、データ損失より上にあります。差がペナルティです。数で見ても、`val_loss`は検証データのデータ損失と、自分で計算した0.01·Σw²との和になっています。つまり、ペナルティは**訓練にも検証にも**入っています。
#
# はじめのうち2種類の線が大きく離れているのは、初期の重みがまだ縮んでいないからです。ペナルティが減っているだけでも`loss`は下がります。それを「データに合うようになった」と読み間違えないようにしましょう。
#
# ここから、大事な約束が1つ出てきます。**λの違うモデルは、`val_loss`で比べてはいけません。** ペナルティの分だけ、物差しの目盛りがずれているからです。データ損失か正解率で比べましょう。
# %% [markdown] lang="en" id="loss-seen" claims="03-the-penalty-is-in-both-losses"
# The two dotted lines are Keras' `loss` and `val_loss`; the solid and the dashed line are the data losses. Both dotted lines lie above their data loss, and the distance is the penalty. The numbers agree: `val_loss` is the data loss on the validation data plus the 0.01·Σw² that we worked out ourselves. So the penalty is in the training loss **and in the validation loss**.
#
# At the beginning the two kinds of lines are far apart, because the initial weights have not shrunk yet. A falling `loss` may mean no more than a falling penalty: do not mistake it for a better fit to the data.
#
# From this follows an important rule. **Never compare models with different λ by their `val_loss`**: the penalty shifts the scale of the ruler. Compare them by data loss or by accuracy.

# %% [markdown] lang="ja" id="recipe-question"
# ### ふつうの`model.fit`では
#
# `data_loss`と`val_data_loss`は、coursekitの`training.fit`が加えている名前です。ふつうの`model.fit`が返すのは、ペナルティの入った`loss`と`val_loss`だけです。
#
# データ損失が欲しいときは、損失と同じ計算をする指標（metric）に`data_loss`という名前を付けて、`compile`に渡します。指標にはペナルティが入りません。検証データでの値は、自動的に`val_data_loss`という名前になります。早期終了（early stopping）にもこの名前を渡し、小さいほどよい値なので`mode="min"`と書いておきます。回帰なら、指標は`keras.metrics.MeanSquaredError`です。
#
# 2つの列がどれだけ違うことを言うか、極端な場合で見ましょう。600枚の訓練データと200枚の検証データのラベルを、**すべて**でたらめに引き直します。画像から学べることは何もありません。
#
# **予想してみよう**　`val_loss`は下がるでしょうか。`val_data_loss`はどうでしょうか。
# %% [markdown] lang="en" id="recipe-question"
# ### With plain `model.fit`
#
# The names `data_loss` and `val_data_loss` are added by coursekit's `training.fit`. Plain `model.fit` returns only `loss` and `val_loss`, with the penalty in them.
#
# For the data loss, give `compile` a metric that computes the same as the loss, under the name `data_loss`. A metric contains no penalty, and its value on the validation data is called `val_data_loss` without further ado. Pass this name to early stopping, with `mode="min"`, because lower is better. For regression the metric is `keras.metrics.MeanSquaredError`.
#
# How much the two columns may disagree shows in an extreme case. We redraw **all** labels at random, those of the 600 training images and those of the 200 validation images. There is nothing to be learned from the images.
#
# **Make a guess.** Will `val_loss` fall? And `val_data_loss`?

# %% id="recipe-run"
nonsense = data.digits(label_noise=1.0, seed=0)
unpenalized = keras.metrics.SparseCategoricalCrossentropy(name="data_loss")
plain = network(0.01)
plain.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=[unpenalized])
stop = keras.callbacks.EarlyStopping("val_data_loss", mode="min", patience=5, restore_best_weights=True)
logs = plain.fit(
    *nonsense.train, validation_data=nonsense.validation, epochs=60, batch_size=64, callbacks=[stop], verbose=0
).history
print(f"stopped after epoch {len(logs['loss'])}")
for name in ("val_loss", "val_data_loss"):
    print(f"{name:13} {logs[name][0]:.2f} in the first epoch, {logs[name][-1]:.2f} in the last")

# %% [markdown] lang="ja" id="recipe-seen" claims="03-a-metric-gives-the-data-loss"
# `val_loss`は2.9から2.4へ、大きく下がりました。これだけを見れば、順調に学んでいるように見えます。ところが`val_data_loss`は、最初から最後まで2.3ほどのままです。これは$\ln 10 = 2.303$、つまり10個のクラスすべてに同じ確率を答えたときの損失です。下がったのはペナルティだけで、ネットワークは画像について何も学んでいません。シードを変えても同じでした。ペナルティなしで訓練すると、`val_loss`は下がらず、上がっていきます。
#
# どのエポックで止めるかを決めるときにも、見るのは`val_data_loss`です。この訓練は、`val_data_loss`が5エポック続けて下がらなかったところで止まりました。
# %% [markdown] lang="en" id="recipe-seen" claims="03-a-metric-gives-the-data-loss"
# `val_loss` fell a long way, from 2.9 to 2.4. Seen alone, it looks like good progress. But `val_data_loss` stayed at about 2.3 from beginning to end. That is $\ln 10 = 2.303$, the loss of giving all 10 classes the same probability. Only the penalty fell; about the images the network learned nothing. It was the same with other seeds. Trained without a penalty, `val_loss` does not fall, but climbs.
#
# So for deciding when to stop, too, look at `val_data_loss`. This training stopped when `val_data_loss` had not improved for 5 epochs.

# %% [markdown] lang="ja" id="ridge-question"
# ## 実験3　答え合わせ：閉形式の解とscikit-learn
#
# Kerasの計算が正しいことを、別の方法で確かめましょう。ネットワークでは正解を紙で計算できませんが、**線形モデル**なら計算できます。真の重みが分かっている回帰のデータ（訓練データは50行、特徴量（feature）は20個、ノイズの標準偏差は1）を使います。
#
# 平均二乗誤差にL2正則化を加えたものがリッジ回帰で、目的関数が最小になる重みは、式で直接書けます。これを**閉形式の解**（closed form）といいます。
#
# $$\hat{w} = \left(\tfrac{1}{n}X^\top X + \lambda I\right)^{-1} \tfrac{1}{n}X^\top y$$
#
# $X$は訓練データの行列（平均を引いておく）、$y$は目的変数（これも平均を引いておく）、$n$は行数、$I$は単位行列です。平均を引いておくと、バイアスを別に扱えます。バイアスにはペナルティをかけません。
# %% [markdown] lang="en" id="ridge-question"
# ## Experiment 3: checking the answer, with the closed form and scikit-learn
#
# Let us check Keras by another route. For a network nobody can work out the right answer on paper, but for a **linear model** we can. We use regression data whose true weights are known: 50 training rows, 20 features, and noise with a standard deviation of 1.
#
# Mean squared error with L2 regularization is ridge regression, and the weights that minimize its objective can be written down as a formula, the **closed form**:
#
# $$\hat{w} = \left(\tfrac{1}{n}X^\top X + \lambda I\right)^{-1} \tfrac{1}{n}X^\top y$$
#
# $X$ is the matrix of training data (with the mean subtracted), $y$ the target (likewise), $n$ the number of rows and $I$ the identity matrix. Subtracting the means lets us deal with the bias separately; there is no penalty on the bias.

# %% id="ridge-closed-form"
def closed_form(x, y, l2):
    x, y = x.astype("float64"), y.astype("float64")
    centered = x - x.mean(axis=0)
    gram = centered.T @ centered / len(x)
    w = np.linalg.solve(gram + l2 * np.eye(len(gram)), centered.T @ (y - y.mean()) / len(x))
    return w, y.mean() - x.mean(axis=0) @ w


# %% id="ridge-keras"
linear = data.linear_regression(n_train=50, n_features=20, noise=1.0, seed=0)
l2, n = 0.1, len(linear.train.x)
layer = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(l2))
model = keras.Sequential([keras.Input((20,)), layer])
model.compile(keras.optimizers.SGD(0.1), "mean_squared_error")
training.fit(model, *linear.train, epochs=800, batch_size=n, progress=False)
from_keras = weights.flat(model)

# %% [markdown] lang="ja" id="ridge-guess"
# scikit-learnの`Ridge(alpha=…)`も同じ問題を解きますが、`alpha`の意味がKerasのλと違います。`Ridge`が小さくするのは、誤差の2乗の**和**と$\alpha \sum_j w_j^2$との和です。Kerasは誤差の2乗の**平均**を使います。
#
# **予想してみよう**　訓練データが$n = 50$行で$\lambda = 0.1$のとき、Kerasと同じ重みになる`alpha`は、0.1、2.5、5のどれでしょうか。
# %% [markdown] lang="en" id="ridge-guess"
# scikit-learn's `Ridge(alpha=…)` solves the same problem, but its `alpha` is not Keras' λ. `Ridge` minimizes the **sum** of the squared errors plus $\alpha \sum_j w_j^2$. Keras takes the **mean** of the squared errors.
#
# **Make a guess.** With $n = 50$ training rows and $\lambda = 0.1$, which `alpha` gives the same weights as Keras: 0.1, 2.5 or 5?

# %% id="ridge-compare"
print(f"closed form:      largest difference from Keras {np.abs(closed_form(*linear.train, l2)[0] - from_keras).max():.1e}")
for alpha in (l2, n * l2 / 2, n * l2):
    ridge = Ridge(alpha=alpha).fit(*linear.train)
    print(f"Ridge(alpha={alpha:3g}): largest difference from Keras {np.abs(ridge.coef_ - from_keras).max():.1e}")

# %% [markdown] lang="ja" id="ridge-seen" claims="03-keras-is-ridge"
# 閉形式の解とKerasとの差は0.0001よりずっと小さく、数値計算の誤差の範囲です。10通りのデータとλの3つの値で確かめても、同じでした。scikit-learnと一致するのは`alpha`が5のときだけです。理由は式から分かります。和は平均の$n$倍なので、目的関数の全体を$n$倍すると、λも$n$倍になります。
#
# $$\alpha = n\lambda$$
#
# この換算は`penalties.ridge_alpha(l2, n_rows)`でもできます。
# %% [markdown] lang="en" id="ridge-seen" claims="03-keras-is-ridge"
# The closed form and Keras differ by far less than 0.0001, which is numerical error. The same held for 10 data sets and 3 values of λ. scikit-learn agrees only where `alpha` is 5, and the formula says why. A sum is $n$ times a mean, so multiplying the whole objective by $n$ multiplies λ by $n$ as well:
#
# $$\alpha = n\lambda$$
#
# `penalties.ridge_alpha(l2, n_rows)` does this conversion for you.

# %% [markdown] lang="ja" id="trap-question"
# ### 2倍の落とし穴
#
# L2正則化を自分で書くと、更新の式を$w \leftarrow w - \eta\,(\text{勾配} + \lambda w)$とする記事によく出合います。$\frac{\lambda}{2}\sum_j w_j^2$というペナルティを使う流儀で、それ自体は間違いではありません。しかし、同じλの値をKerasに入れると、何が起こるでしょうか。
# %% [markdown] lang="en" id="trap-question"
# ### The trap of a factor of 2
#
# Where L2 regularization is written by hand, many articles update with $w \leftarrow w - \eta\,(\text{gradient} + \lambda w)$. They use the penalty $\frac{\lambda}{2}\sum_j w_j^2$, which is a convention like any other. But what happens if the same number λ goes into Keras?

# %% id="trap-run"
x, y = linear.train
w, b = np.zeros(20), 0.0
for _ in range(800):
    error = x @ w + b - y
    w = w - 0.1 * (2 * x.T @ error / n + l2 * w)
    b = b - 0.1 * 2 * error.mean()
print(f"by hand and Keras, same λ:               largest difference {np.abs(w - from_keras).max():.1e}")
print(f"by hand and the closed form with half λ: largest difference {np.abs(w - closed_form(x, y, l2 / 2)[0]).max():.1e}")
print(f"sum of squares: by hand {np.sum(w**2):.2f}, Keras {np.sum(from_keras**2):.2f}")

# %% [markdown] lang="ja" id="trap-seen" claims="03-half-the-gradient-is-half-the-strength"
# 同じλなのに、この実行では重みがいちばん大きいところで0.12ずれました。別のデータでも0.08から0.3ほどずれます。手書きの式が解いていたのは、λが**半分**の問題でした。$\lambda \sum_j w_j^2$の勾配は$2\lambda w$なのに、手書きの式は$\lambda w$しか引いていなかったからです。「だいたい似た結果になった」で済ませていると、この2倍には気づけません。
#
# 記事や論文のλを自分のコードに移すときは、次の3つを確かめましょう。
#
# 1. ペナルティに$\frac{1}{2}$が付いているか
# 2. データ損失は和か、平均か
# 3. バイアスにもペナルティがかかっているか
# %% [markdown] lang="en" id="trap-seen" claims="03-half-the-gradient-is-half-the-strength"
# With the same λ, the weights are apart by up to 0.12 in this run, and by up to 0.08 to 0.3 with other data. The formula written by hand solved the problem with **half** the λ: the gradient of $\lambda \sum_j w_j^2$ is $2\lambda w$, and it subtracted only $\lambda w$. Whoever is content with “roughly similar results” will never notice.
#
# Before you carry a λ from an article or a paper into your own code, check three things:
#
# 1. Is there a $\frac{1}{2}$ in front of the penalty?
# 2. Is the data loss a sum or a mean?
# 3. Are the biases penalized as well?

# %% [markdown] lang="ja" id="ex-alpha" tags=["exercise"]
# ### 練習3　`alpha`に直す
#
# Kerasで、150行の訓練データに`L2(0.02)`を使い、平均二乗誤差で線形モデルを訓練しました。scikit-learnの`Ridge`で同じ重みを得るには、`alpha`をいくつにすればよいでしょうか。
#
# <details><summary>ヒント</summary>
#
# $\alpha = n\lambda$です。
#
# </details>
# %% [markdown] lang="en" id="ex-alpha" tags=["exercise"]
# ### Exercise 3: convert to `alpha`
#
# A linear model was trained in Keras on 150 rows, with mean squared error and `L2(0.02)`. Which `alpha` gives the same weights with scikit-learn's `Ridge`?
#
# <details><summary>Hint</summary>
#
# $\alpha = n\lambda$.
#
# </details>

# %% id="ex-alpha-answer" tags=["exercise"]
answer = ...

# %% id="ex-alpha-solution" tags=["solution"]
answer = penalties.ridge_alpha(l2=0.02, n_rows=150)

# %% id="ex-alpha-check" tags=["check"]
check("03-alpha", answer)

# %% [markdown] lang="ja" id="circle-question"
# ## 実験4　円と、重みの通り道
#
# 重みが2つだけなら、L2正則化を絵にできます。左の図は、特徴量が2つの回帰です。灰色の線はデータ損失の等高線で、緑の三角がいちばん低いところです。右の図では、特徴量が20個の実験3のデータで、λを0.001から1000まで変えながら、20個の重みの通り道（**係数のパス**、coefficient path）を描きます。どちらも、Kerasと一致すると確かめたばかりの閉形式の解で計算します。
#
# **予想してみよう**　λを大きくしていくと、20本の線はどのように0へ向かうでしょうか。途中で0に張り付く線はあるでしょうか。
# %% [markdown] lang="en" id="circle-question"
# ## Experiment 4: the circle, and the path of the weights
#
# With only two weights, L2 regularization can be drawn. The left figure is a regression with two features. The gray lines are contours of the data loss, and the green triangle marks its lowest point. The right figure takes the 20 features of experiment 3 and follows the weights while λ goes from 0.001 to 1000, the **coefficient path**. Both use the closed form, which we have just seen to agree with Keras.
#
# **Make a guess.** As λ grows, how will the 20 lines approach 0? Will some of them reach 0 and stay there?

# %% id="circle-figure"
two = data.linear_regression(n_train=12, n_features=2, seed=6)
strengths = np.logspace(-3, 3, 49)
path = np.array([closed_form(*linear.train, strength)[0] for strength in strengths])
fig, (left, right) = plt.subplots(1, 2, figsize=(9.8, 4.4), layout="constrained")
plots.plot_penalty_geometry(*two.train, closed_form(*two.train, 0.5)[0], "l2", ax=left)
plots.plot_coefficient_path(strengths, path, ax=right)
print(f"{path.size} weights, {np.sum(path == 0)} of them exactly 0")

# %% [markdown] lang="ja" id="circle-seen" claims="03-the-path-shrinks-without-zeros"
# 左の図の円は、ペナルティが等しい点、つまり$w_1^2 + w_2^2$が一定の点の集まりです。青い丸がL2正則化の解で、円と等高線がちょうど接しています。そこでは、データが引く力とばねが引く力がつり合います。円には角がないので、接する点が軸の上（どちらかの重みがちょうど0）に来ることは、偶然でもなければありません。
#
# 右の図では、λが大きくなるにつれて、20本の線がなめらかに0へ近づきます。右端ではどの線も0に重なって見えますが、小さすぎて見分けられないだけです。λ = 1000では、いちばん大きい重みでも0.01に届きませんが、20本の線の980個の重みに、ちょうど0のものは1つもありません。途中で0を横切る線や、いったん0から遠ざかる線はありますが、2乗の和$\sum_j w_j^2$は、λを大きくすると必ず小さくなります。
# %% [markdown] lang="en" id="circle-seen" claims="03-the-path-shrinks-without-zeros"
# The circle in the left figure consists of the points of equal penalty, where $w_1^2 + w_2^2$ is constant. The blue dot is the solution with L2 regularization: there, the circle just touches a contour, and the pull of the data balances the pull of the springs. A circle has no corners, so only by accident could it touch a contour on an axis, where one of the weights would be exactly 0.
#
# In the right figure all 20 lines approach 0 smoothly as λ grows. At the right edge they all seem to lie on 0, but they are only too small to be told from it: at λ = 1000 the largest weight is below 0.01, and yet of the 980 weights on the 20 lines not one is exactly 0. Some lines cross 0 on their way, and some move away from it for a while, but the sum of squares $\sum_j w_j^2$ always falls as λ rises.

# %% [markdown] lang="ja" id="units-question"
# ## 実験5　単位を変えると、λの意味が変わる
#
# 同じ長さを、メートルで測ることも、センチメートルで測ることもできます。センチメートルなら数値は100倍になり、同じ予測をするための重みは100分の1で済みます。ばねは重みの数値しか見ません。
#
# **予想してみよう**　特徴量を100倍すると、同じ効き目にするためのλは、何倍になるでしょうか。
# %% [markdown] lang="en" id="units-question"
# ## Experiment 5: other units, another meaning of λ
#
# A length can be measured in meters or in centimeters. In centimeters the numbers are 100 times as large, and a weight 100 times smaller makes the same prediction. The springs see nothing but the number that is the weight.
#
# **Make a guess.** If a feature is multiplied by 100, by how much must λ be multiplied to have the same effect?

# %% id="units-figure"
meters = data.linear_regression(n_train=50, n_features=1, seed=0)
x, y = meters.train
strengths = np.logspace(-4, 7, 34)
effects = {}
for label, factor in [("feature_in_meters", 1), ("feature_in_centimeters", 100)]:
    found = [closed_form(factor * x, y, strength)[0][0] for strength in strengths]
    effects[text(label)] = np.array(found) * factor * x.std()
ax = plots.plot_validation_curve(strengths, effects, text("weight_times_sd"))
ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0));

# %% [markdown] lang="ja" id="units-seen" claims="03-a-hundredfold-feature-needs-ten-thousandfold-strength"
# 縦軸は、重みに特徴量の標準偏差を掛けた値です。単位によらず、その特徴量が予測をどれだけ動かすかを表します。2本の曲線は同じ形ですが、横に$100^2 = 10000$倍ずれています。メートルならλ = 1でかなり縮む重みが、センチメートルではほとんど縮みません。重みが100分の1なら、ペナルティ$\lambda w^2$は$100^2$分の1になるからです。
#
# 特徴量がいくつもあり、それぞれ単位が違うと、もっと困ったことになります。1つのλが、ある特徴量には効きすぎ、別の特徴量にはまるで効きません。そこで、正則化の前に**標準化**（standardization）をします。[02](02_causes_and_remedies.ipynb)にも出てきたとおり、各特徴量から平均を引き、標準偏差で割ることです。Kerasでは`Normalization`層がこれを行います（名前は「正規化」ですが、していることは標準化です）。
#
# どれだけ違うか測ってみましょう。まず標準偏差1の特徴量を20個作り、その重み付きの和で目的変数を決めます（重みの標準偏差はどれも0.5です）。次に、特徴量に0.01から100までの数を掛けて、単位だけを変えます。ですから、どの特徴量も、単位によらず同じくらい目的変数に効きます。λを検証データで選び、テストデータで真の値との平均二乗誤差を測ります（短く「真の値からの距離」とも呼びますが、2乗の平均です）。これを20通りのデータで繰り返します。
# %% [markdown] lang="en" id="units-seen" claims="03-a-hundredfold-feature-needs-ten-thousandfold-strength"
# The vertical axis is the weight times the standard deviation of the feature: how far the feature moves the prediction, whatever its unit. The two curves have the same shape, but one is shifted sideways by a factor of $100^2 = 10000$. A weight that shrinks considerably at λ = 1 in meters hardly shrinks in centimeters. If the weight is 100 times smaller, the penalty $\lambda w^2$ is $100^2$ times smaller.
#
# With several features in different units the trouble is worse: one and the same λ is far too strong for some features and without any effect on others. That is why features are standardized before the model is regularized. **Standardization**, as you remember from [02](02_causes_and_remedies.ipynb), subtracts from each feature its mean and divides by its standard deviation. In Keras, the `Normalization` layer does it (in spite of its name, what it does is standardization).
#
# How much does it matter? We draw 20 features with standard deviation 1, and the target is a weighted sum of them, with weights whose standard deviation is 0.5 for all. Only then is each feature multiplied by a number, from 0.01 to 100, as if measured in another unit. So the features matter equally for the target, whatever their units. We choose λ on the validation data and measure the mean squared error from the truth on the test data (“distance from the truth” for short, though it is a mean of squares), for 20 data sets.

# %% id="units-compare"
def error_at_best_strength(dataset, scale):
    def error(fit, part):
        return np.mean((scale(part.x) @ fit[0] + fit[1] - part.y) ** 2)

    x = scale(dataset.train.x)
    fits = [closed_form(x, dataset.train.y, strength) for strength in np.logspace(-7, 6, 27)]
    best = min(fits, key=lambda fit: error(fit, dataset.validation))
    return error(best, dataset.test)


errors = {text("raw_units"): [], text("standardized"): []}
for seed in range(20):
    mixed = data.linear_regression(
        n_train=30, n_validation=100, weight_sd=0.5, scales=np.logspace(-2, 2, 20), seed=seed
    )
    normalization = keras.layers.Normalization()
    normalization.adapt(mixed.train.x)
    errors[text("raw_units")].append(error_at_best_strength(mixed, np.asarray))
    errors[text("standardized")].append(error_at_best_strength(mixed, lambda x: np.asarray(normalization(x))))

# %% id="units-scores"
plots.plot_scores(errors, text("distance_from_truth"));

# %% [markdown] lang="ja" id="units-compared" claims="03-standardize-first"
# 灰色の点の1つ1つが1通りのデータで、ひし形が平均、線が標準偏差です。真の値との平均二乗誤差は、この実行では、単位のままで2.2 ± 1.2、標準化すると1.4 ± 0.7でした（データの20個のシードについての平均と標準偏差）。20通りのうち18通りで、標準化したほうが小さくなりました。λはどちらも検証データでいちばんよい値を選んであるのに、です。別の20通りずつで何度か繰り返すと、標準化がよかったのはいつも半数を超え、平均の誤差もいつも小さくなりました。必ず得になるわけではありませんが、たいていは得になります。
#
# 注意が1つあります。平均と標準偏差は、**訓練データだけ**から求めます。上のコードで`adapt`に渡したのは`mixed.train.x`です。検証データやテストデータまで含めて求めると、見てはいけないデータの情報が訓練に混じります。[02](02_causes_and_remedies.ipynb)で見た**データ漏洩**（data leakage、リーク）の一種です。
# %% [markdown] lang="en" id="units-compared" claims="03-standardize-first"
# Each gray dot is one data set, the diamond is the mean and the line the standard deviation. In this run, the mean squared error from the truth was 2.2 ± 1.2 with the units as they are and 1.4 ± 0.7 after standardization (mean and standard deviation over 20 seeds of the data). Standardization was better for 18 of the 20 data sets, although λ was chosen on the validation data in both cases. Repeated several times, with 20 other data sets each time, standardization was always better for more than half of them, and always had the lower mean error. It does not pay for every data set, but usually it does.
#
# A word of caution: mean and standard deviation come from the **training data only**. In the code above, `adapt` was given `mixed.train.x`. Had it seen validation or test data as well, knowledge of data that must stay unseen would have leaked into training. That is a form of the **data leakage** you met in [02](02_causes_and_remedies.ipynb).

# %% [markdown] lang="ja" id="ex-units" tags=["exercise"]
# ### 練習4　キロメートルで測ると
#
# 距離をメートルで測った特徴量の重みが0.003でした。同じ距離をキロメートルで測り直し、同じ予測をする重みにします。この重みのペナルティ$\lambda w^2$は、メートルのときの何倍になりますか。
#
# <details><summary>ヒント</summary>
#
# 特徴量の数値は1000分の1になります。同じ予測をするには、重みはいくつでなければならないでしょうか。
#
# </details>
# %% [markdown] lang="en" id="ex-units" tags=["exercise"]
# ### Exercise 4: measured in kilometers
#
# A feature is a distance in meters, and its weight is 0.003. Now measure the same distance in kilometers and take the weight that gives the same predictions. How many times as large is the penalty $\lambda w^2$ of this weight, compared with that in meters?
#
# <details><summary>Hint</summary>
#
# The numbers in the feature become 1000 times smaller. What must the weight be for the predictions to stay the same?
#
# </details>

# %% id="ex-units-answer" tags=["exercise"]
answer = ...

# %% id="ex-units-solution" tags=["solution"]
answer = 1000**2

# %% id="ex-units-check" tags=["check"]
check("03-units", answer)

# %% [markdown] lang="ja" id="curve-question"
# ## 実験6　λをどう決めるか
#
# 実験1の0.01は、どこから来たのでしょうか。λは、訓練では決まらず人が選ぶ値、つまりハイパーパラメータ（hyperparameter）です。選び方は[02](02_causes_and_remedies.ipynb)と同じです。値をいくつも試し、検証データでの成績を**検証曲線**（validation curve）に描いて比べます。
#
# λの9つの値とλ = 0について、ネットワークをシードごとに1つずつ、5つのシードで訓練します。シードは、データの分け方、ラベルノイズ、初期の重み、行の順番をすべて変えます。λは0.0001から0.1まで、対数で等間隔に取ります。λは桁が大事だからです。
#
# **予想してみよう**　λを大きくしていくと、訓練データのデータ損失はどうなりますか。検証データのデータ損失はどうなりますか。2本の曲線を描いてから実行してください。
# %% [markdown] lang="en" id="curve-question"
# ## Experiment 6: how to choose λ
#
# Where did the 0.01 of experiment 1 come from? λ is a hyperparameter: training does not find it, somebody has to choose it. You do so as in [02](02_causes_and_remedies.ipynb): try several values, and compare the results on the validation data in a **validation curve**.
#
# For 9 values of λ, and for λ = 0, we train a network with each of 5 seeds. The seed changes the split, the label noise, the initial weights and the order of the rows. The values go from 0.0001 to 0.1, evenly spaced on a logarithmic scale, because what matters about λ is its order of magnitude.
#
# **Make a guess.** As λ grows, what happens to the data loss on the training data, and what on the validation data? Sketch the two curves before you run the cell.

# %% id="curve-sweep"
def build_model(l2, seed):
    return models.classifier(64, 10, units=256, l2=l2, learning_rate=0.005, seed=seed)


def noisy_digits(l2, seed):
    return data.digits(label_noise=0.4, seed=seed)


strengths = np.logspace(-4, -1, 9)
result = training.sweep(
    build_model, {"l2": [0.0, *strengths]}, data=noisy_digits, epochs=60, batch_size=64,
    seeds=range(5), progress=False,
)

# %% id="curve-figure"
penalized = result.final[result.final["l2"] > 0]
columns = {"training": "data_loss", "validation": "val_data_loss"}
losses = {part: penalized.pivot(index="l2", columns="seed", values=name) for part, name in columns.items()}
best = result.best("val_data_loss")["l2"]
plots.plot_validation_curve(strengths, losses, text("data_loss"), chosen=best);

# %% [markdown] lang="ja" id="curve-seen" claims="03-validation-curve"
# 点は5つのシードの平均、縦の線（誤差棒、エラーバー）は標準偏差です。
#
# - **訓練データ**（青い実線）：λが大きくなるほど、データ損失は上がり続けます。ばねが強いほど、訓練データに合わせにくくなるからです。
# - **検証データ**（橙色の破線）：谷の形になります。この実行でいちばん低いのはλ = 0.0075で、調べた範囲の端ではなく内側にあります。
# - **左側**は過学習です。2本の曲線が大きく離れています。
# - **右側**は**学習不足**です。λ = 0.1では2本とも2.3ほどに張り付きます。これは$\ln 10 = 2.303$、つまり10個のクラスすべてに同じ確率を答えたときの損失です。ばねが強すぎて、どのつまみも動けません。正則化は、強ければ強いほどよいわけではないのです。
#
# もし最小の点が範囲の端にあったら、範囲を広げて調べ直します。なお、検証データのラベルも36%ほどが間違っているので、どんなモデルでも、損失は平均して1.44より下がりません（$-0.64\ln 0.64 - 9 \times 0.04\ln 0.04$）。谷の底は、それほど悪くないのです。
# %% [markdown] lang="en" id="curve-seen" claims="03-validation-curve"
# The points are means over the 5 seeds, the vertical lines (error bars) are standard deviations.
#
# - **Training data** (solid blue): the data loss rises all the way as λ grows. The stronger the springs, the harder it is to follow the training data.
# - **Validation data** (dashed orange): the curve is a valley. In this run it is lowest at λ = 0.0075, inside the range that we tried and not at its edge.
# - **On the left** the model overfits: the two curves are far apart.
# - **On the right** it **underfits**. At λ = 0.1 both curves stick at about 2.3. That is $\ln 10 = 2.303$, the loss of giving all 10 classes the same probability: the springs are so strong that no slider can move. More regularization is not always better.
#
# Had the minimum been at the edge, we would have to widen the range and try again. Note also that about 36% of the validation labels are wrong, so that on average no model can get below a loss of 1.44 ($-0.64\ln 0.64 - 9 \times 0.04\ln 0.04$). The bottom of the valley is not as bad as it looks.

# %% [markdown] lang="ja" id="curve-test-question"
# λは検証データだけで選びました。これまで、テストデータで何かを選んだことはありません。正しいラベルの**テストデータ**で、選んだλとλ = 0を比べます。正解率に加えて、データ損失（交差エントロピー、cross-entropy）も見ましょう。正解率は「当たったかどうか」だけを、交差エントロピーは「どれだけ自信をもって当てたか」も測ります。
# %% [markdown] lang="en" id="curve-test-question"
# λ was chosen on validation data alone; nothing so far was chosen on the test data. With the correctly labeled **test data** we now compare the chosen λ with λ = 0. We look at the accuracy and also at the data loss, the cross-entropy: accuracy only counts hits, cross-entropy also measures how confident they were.

# %% id="curve-test"
for l2 in (0.0, best):
    rows = []
    for seed in range(5):
        model, test = result.model({"l2": l2}, seed), noisy_digits(l2, seed).test
        scores = training.evaluate(model, *test)
        confidence = np.asarray(model(test.x)).max(axis=1).mean()
        rows.append([scores["accuracy"], scores["data_loss"], confidence])
    for name, values in zip(["accuracy", "data loss", "probability of the answer"], np.transpose(rows)):
        print(f"λ = {l2:.4f}, {name:25}: {values.mean():.2f} ± {values.std(ddof=1):.2f}")

# %% [markdown] lang="ja" id="curve-test-seen" claims="03-test-accuracy-of-the-chosen-strength 03-l2-is-underconfident"
# 正解率は0.71 ± 0.04から0.90 ± 0.03に上がりました。5つのシードのどれでも上がっています。
#
# 1つ断っておきます。シードごとに画像を分け直しているので、あるシードのテスト画像は、別のシードでは検証データや訓練データに入っています。5つのシードの平均でλを選ぶと、厳密には、テスト画像も選ぶことに関わります。そこで、シードごとに自分の検証データだけで選び直してみると、この5つのシードでは5回とも同じλ = 0.0075になりました。上の数値は変わりません。別のシードでは、隣の値が選ばれることもあります。
#
# ところが、データ損失は平均ではほとんど変わりません。この実行では、0.90 ± 0.12に対して0.91 ± 0.03です。正解が増えたのに、なぜでしょうか。3行目は、ネットワークが自分の答えに与えた確率の平均です。ペナルティのないネットワークでは0.70で、正解率とほぼ同じです。L2正則化したネットワークは、10回に9回は正しく答えるのに、自分の答えに0.45の確率しか与えません。**自信が足りない**のです。「ラベルの36%は間違っている」というデータから学び、しかもばねが確率を平らにするので、正解のクラスにも控えめな確率しか与えません。ノイズのあるデータで訓練したモデルの確率を、そのまま信じてはいけない、ということも覚えておきましょう。
#
# この課の問いに答えましょう。**ばねはすべての重みを同じ割合で引き戻し、データが繰り返し押す重みだけが残ります。強さλは、検証データのデータ損失の谷で選びます。**
# %% [markdown] lang="en" id="curve-test-seen" claims="03-test-accuracy-of-the-chosen-strength 03-l2-is-underconfident"
# Accuracy rose from 0.71 ± 0.04 to 0.90 ± 0.03, and it rose for each of the 5 seeds.
#
# One caveat. Each seed splits the images anew, so a test image of one seed is among the validation or training data of another. Strictly speaking, by choosing λ from the mean over 5 seeds we let test images take part in the choice. So we let each seed choose on its own validation data alone: these 5 all choose the same λ = 0.0075, and the numbers above stay as they are. Other seeds sometimes choose the value next to it.
#
# The mean data loss, however, hardly changed: in this run, 0.90 ± 0.12 against 0.91 ± 0.03. How can that be, with so many more right answers? The third line is the mean probability that the network gives to its own answer. Without a penalty it is 0.70, about the same as the accuracy. The network with L2 is right 9 times out of 10, yet gives its answers a probability of only 0.45. It is **not confident enough**: it learned from data in which 36% of the labels are wrong, the springs flatten the probabilities further, and so even the right class gets a modest one. Keep in mind that the probabilities of a model trained on noisy labels cannot be taken at face value.
#
# Time to answer the question of this lesson. **The springs pull all weights back by the same fraction, and only those stay large that the data push again and again. Their strength λ is chosen in the valley of the data loss on the validation data.**

# %% [markdown] lang="ja" id="ex-strength" tags=["exercise"]
# ### 練習5　正解率で選ぶ
#
# 検証データの損失の代わりに、検証データの**正解率**（列`val_accuracy`）で選ぶと、λはいくつになるでしょうか。5つのシードの平均で選んでください。
#
# <details><summary>ヒント</summary>
#
# `result.best("val_accuracy")`は、平均がいちばんよい点を辞書で返します。正解率は大きいほうがよい、ということは`best`が知っています。
#
# </details>
# %% [markdown] lang="en" id="ex-strength" tags=["exercise"]
# ### Exercise 5: choose by accuracy
#
# Suppose you choose by the **accuracy** on the validation data (column `val_accuracy`) instead of the loss. Which λ do you get? Choose by the mean over the 5 seeds.
#
# <details><summary>Hint</summary>
#
# `result.best("val_accuracy")` returns the point with the best mean, as a dictionary. That a higher accuracy is better, `best` knows.
#
# </details>

# %% id="ex-strength-answer" tags=["exercise"]
answer = ...

# %% id="ex-strength-solution" tags=["solution"]
answer = result.best("val_accuracy")["l2"]

# %% id="ex-strength-check" tags=["check"]
check("03-strength", answer, result)

# %% [markdown] lang="ja" id="decay-question"
# ## 発展1　損失に足すか、直接縮めるか
#
# L2正則化を「重み減衰」と呼ぶと書きました。しかし、2つが同じなのは、ふつうのSGDのときだけです。Kerasのオプティマイザ（optimizer）には引数`weight_decay`があり、損失には何も足さずに、毎回$w \leftarrow w - \eta \cdot d \cdot w$（$d$は減衰の強さ）と重みを直接縮めます。これを**切り離した重み減衰**（decoupled weight decay）といいます。$d = 2\lambda$とすれば、L2正則化の1歩$2\eta\lambda w$と同じ大きさです。
#
# 同じ初期の重みから20エポック訓練して、最後の重みの差の最大値を比べます。`weight_decay`はバイアスまで縮めるので、ふつうは`exclude_from_weight_decay`でバイアスを外します。活性化関数は、ここだけtanhにします。ReLUは0で折れ曲がっているので、丸め誤差ほどの違いでも、片方のネットワークだけユニットが切り替わり、そこから差が広がることがあるからです。
#
# **予想してみよう**　モーメンタム（momentum、慣性とも）やAdamを使っても、2つは同じ重みになるでしょうか。
# %% [markdown] lang="en" id="decay-question"
# ## Advanced 1: add it to the loss, or shrink directly?
#
# L2 regularization is also called weight decay, we said. But the two are the same for plain SGD only. Keras' optimizers have an argument `weight_decay`, which adds nothing to the loss but shrinks the weights directly, $w \leftarrow w - \eta \cdot d \cdot w$ in each step, where $d$ is the strength of the decay. This is **decoupled weight decay**. With $d = 2\lambda$ it is as large as the step $2\eta\lambda w$ of L2 regularization.
#
# We train for 20 epochs from the same initial weights and look for the largest difference between the final weights. `weight_decay` shrinks the biases too, so one usually exempts them with `exclude_from_weight_decay`. For once, the activation is tanh. A ReLU has a kink at 0, where a difference no larger than a rounding error may switch a unit in one of the networks only, and from there on they drift apart.
#
# **Make a guess.** Will the weights still be the same with momentum, or with Adam?

# %% id="decay-run"
def largest_difference(optimizer, exclude_biases=True, l2=0.01):
    decaying = optimizer(2 * l2)
    if exclude_biases:
        decaying.exclude_from_weight_decay(var_names=["bias"])
    options = {"units": 64, "activation": "tanh", "seed": 0}
    in_the_loss = models.classifier(64, 10, l2=l2, optimizer=optimizer(None), **options)
    decoupled = models.classifier(64, 10, optimizer=decaying, **options)
    for model in (in_the_loss, decoupled):
        training.fit(model, *digits.train, epochs=20, batch_size=64, progress=False)
    pairs = zip(in_the_loss.get_weights(), decoupled.get_weights())
    return max(np.abs(a - b).max() for a, b in pairs)


# %% id="decay-table"
def sgd(decay, momentum=0.0):
    return keras.optimizers.SGD(0.1, momentum=momentum, weight_decay=decay)


print(f"SGD, no decay on biases: {largest_difference(sgd):.1e}")
print(f"SGD, biases decay too:   {largest_difference(sgd, exclude_biases=False):.1e}")
print(f"SGD with momentum 0.9:   {largest_difference(lambda decay: sgd(decay, momentum=0.9)):.1e}")
print(f"Adam:                    {largest_difference(lambda decay: keras.optimizers.Adam(0.005, weight_decay=decay)):.1e}")

# %% [markdown] lang="ja" id="decay-seen" claims="03-decay-equals-l2-under-plain-sgd-only 03-adamw-needs-its-own-strength"
# - モーメンタムのないSGDでバイアスを外すと、差は0.00001よりも小さく、2つは同じものです。
# - バイアスを外し忘れると、0.01から0.02ほどの差が出ます。
# - モーメンタム0.9のSGDでは0.3から0.5ほど、Adamでは0.6から0.8ほどの差になります。もはや別のものです。
#
# モーメンタムがあると、L2正則化の勾配は過去の分まで積み重なって約10倍に効きますが、切り離した減衰は積み重なりません。Adamは勾配をその大きさの平均で割るので、損失に足したペナルティの勾配も一緒に割られます。勾配の大きい重みほど、ばねが弱くなってしまうのです。切り離した減衰では、すべての重みが同じ割合で縮みます。これがAdamWで、Kerasでは`keras.optimizers.AdamW`か、`Adam(weight_decay=…)`と書きます。両者は同じものです。
#
# どちらが優れているというより、**λと`weight_decay`は別のハイパーパラメータ**だと考えてください。実験6のデータでは、AdamWの減衰を3にすると、テストデータの正解率は平均で0.87から0.89ほどになり、L2正則化に近づきます。既定値の0.004のままでは、ペナルティなしとほとんど変わりません。
# %% [markdown] lang="en" id="decay-seen" claims="03-decay-equals-l2-under-plain-sgd-only 03-adamw-needs-its-own-strength"
# - With SGD without momentum, and the biases exempt, the difference is below 0.00001: the two are one and the same.
# - Forget to exempt the biases, and there is a difference of about 0.01 to 0.02.
# - With SGD and momentum 0.9 it is about 0.3 to 0.5, with Adam 0.6 to 0.8. These are different methods.
#
# With momentum, the gradient of the L2 penalty piles up over past steps and counts about 10 times; the decoupled decay does not pile up. Adam divides each gradient by an average of its size, and the gradient of a penalty in the loss is divided along with it: the larger a weight's gradients, the weaker its spring. Decoupled decay shrinks all weights by the same fraction. That is AdamW, in Keras `keras.optimizers.AdamW` or `Adam(weight_decay=…)`, which are the same.
#
# Rather than asking which is better, think of **λ and `weight_decay` as two different hyperparameters**. On the data of experiment 6, AdamW with a decay of 3 reached a mean test accuracy of about 0.87 to 0.89, close to that of L2 regularization. With the default of 0.004 it hardly differs from no penalty at all.

# %% [markdown] lang="ja" id="prior-question"
# ## 発展2　λはどこから来るのか：事前分布という見方
#
# 確率の言葉で見ると、λに意味が付きます。データを見る前から「重みはたぶん0の近くにあり、標準偏差は$\tau$くらいだろう」と考えているとします。この考えを**事前分布**（prior distribution）といいます。ここでは平均0、標準偏差$\tau$の正規分布です。観測のノイズは、標準偏差$\sigma$の正規分布とします。データを見たあとでいちばん確からしい重みを求めること、つまり**最大事後確率推定**（MAP estimation）は、次の式を最小にすることと同じになります。
#
# $$\frac{1}{n}\sum_i (y_i - \hat{y}_i)^2 + \frac{\sigma^2}{n\tau^2}\sum_j w_j^2$$
#
# $y_i$は$i$番目の行の目的変数、$\hat{y}_i$はその予測です。これはリッジ回帰の目的関数そのもので、$\lambda = \sigma^2 / (n\tau^2)$です。ノイズが大きいほど、データが少ないほど、重みが小さいと思うほど、ばねは強くなります。
#
# 本当にこのλがよいのでしょうか。$n = 30$、$\sigma = 1$、$\tau = 0.5$のデータを200通り作り、λごとに真の値との平均二乗誤差を平均します。式によれば、λ = 0.133がよいはずです。
# %% [markdown] lang="en" id="prior-question"
# ## Advanced 2: where λ comes from, seen as a prior
#
# In the language of probability λ has a meaning. Suppose that before seeing any data you think: “the weights probably lie near 0, with a standard deviation of about $\tau$”. Such a belief is called a **prior distribution**, here a normal distribution with mean 0 and standard deviation $\tau$. Let the noise of the observations be normal, with standard deviation $\sigma$. To look for the most probable weights once the data are in (**MAP estimation**) then means to minimize
#
# $$\frac{1}{n}\sum_i (y_i - \hat{y}_i)^2 + \frac{\sigma^2}{n\tau^2}\sum_j w_j^2$$
#
# where $y_i$ is the target in row $i$ and $\hat{y}_i$ its prediction. This is the objective of ridge regression, with $\lambda = \sigma^2 / (n\tau^2)$. The noisier the data, the fewer they are and the smaller you expect the weights to be, the stronger the springs.
#
# Is this really a good λ? We make 200 data sets with $n = 30$, $\sigma = 1$ and $\tau = 0.5$, and average the mean squared error from the truth for each λ. According to the formula, λ = 0.133 should do best.

# %% id="prior-run"
strengths = np.logspace(-2.5, 0.5, 25)
errors = np.zeros(len(strengths))
for seed in range(200):
    problem = data.linear_regression(
        n_train=30, n_test=200, n_features=20, weight_sd=0.5, noise=1.0, seed=seed
    )
    for i, strength in enumerate(strengths):
        w, b = closed_form(*problem.train, strength)
        errors[i] = errors[i] + np.mean((problem.test.x @ w + b - problem.test.y) ** 2) / 200
expected = 1.0**2 / (30 * 0.5**2)
ax = plots.plot_validation_curve(strengths, {text("mean"): errors}, text("distance_from_truth"))
ax.axvline(expected, linestyle=":", color="black", label=text("lambda_of_the_prior", strength=f"{expected:.3f}"))
ax.legend(frameon=False);

# %% [markdown] lang="ja" id="prior-seen" claims="03-the-prior-gives-the-best-strength"
# 200通りの平均で、誤差がいちばん小さいλは、式が教える0.133（点線）と一致しました。左端の弱いλでは誤差が約2倍になります。もちろん現実には$\sigma$も$\tau$も分からないので、実験6のように検証データで選びます。この見方が教えてくれるのは、**λの向き**です。データが増えたら、平均二乗誤差に対するλは小さくしてよいのです。
# %% [markdown] lang="en" id="prior-seen" claims="03-the-prior-gives-the-best-strength"
# Averaged over the 200 data sets, the λ with the smallest error is the 0.133 of the formula (dotted line). With the weakest λ, on the left, the error is about twice as large. In real life neither $\sigma$ nor $\tau$ is known, of course, and you choose on validation data as in experiment 6. What this view tells you is **which way to turn λ**: with more data, the λ that goes with the mean squared error may be smaller.

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("03")

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - L2正則化は、損失に$\lambda \sum_j w_j^2$を足します。Kerasでは`kernel_regularizer=keras.regularizers.L2(λ)`です。
# - 勾配降下法の1歩ごとに$2\eta\lambda w$が引かれ、重みは縮みますが、ちょうど0にはなりません。
# - Kerasの`loss`と`val_loss`は、どちらもペナルティを含みます。モデルはデータ損失か正解率で比べます。
# - 平均二乗誤差なら、Kerasのλはscikit-learnの$\alpha = n\lambda$に当たります。ほかの記事のλを使うときは、$\frac{1}{2}$、和と平均、バイアスを確かめます。
# - 特徴量を100倍すると、同じ効き目のλは10000倍になります。先に、訓練データの統計量で標準化します。
# - λは対数の目盛りで広く試し、検証データのデータ損失の谷で選びます。強すぎるλは学習不足を起こします。
#
# 次の[04　L1正則化](04_l1.ipynb)では、ばねを別の形に変えて、重みをちょうど0にします。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[層の重みの正則化](https://keras.io/api/layers/regularizers/)、[Normalization層](https://keras.io/api/layers/preprocessing_layers/numerical/normalization/)、[AdamW](https://keras.io/api/optimizers/adamw/)
# - A. E. Hoerl, R. W. Kennard (1970). Ridge regression: biased estimation for nonorthogonal problems. Technometrics 12, 55–67.
# - A. Krogh, J. A. Hertz (1991). A simple weight decay can improve generalization. NIPS 4, 950–957.
# - I. Loshchilov, F. Hutter (2019). Decoupled weight decay regularization. ICLR. [arXiv:1711.05101](https://arxiv.org/abs/1711.05101)
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - L2 regularization adds $\lambda \sum_j w_j^2$ to the loss. In Keras: `kernel_regularizer=keras.regularizers.L2(λ)`.
# - Each step of gradient descent takes away $2\eta\lambda w$. Weights shrink, but none becomes exactly 0.
# - Keras' `loss` and `val_loss` both contain the penalty. Compare models by data loss or accuracy.
# - For the mean squared error, Keras' λ corresponds to scikit-learn's $\alpha = n\lambda$. With a λ from elsewhere, check the $\frac{1}{2}$, sum or mean, and the biases.
# - Multiply a feature by 100, and λ must be 10000 times as large for the same effect. Standardize first, with the statistics of the training data.
# - Try λ over a wide range on a logarithmic scale and choose it in the valley of the data loss on the validation data. Too large a λ makes the model underfit.
#
# In [04 L1 regularization](04_l1.ipynb) the springs take another form, and weights become exactly 0.
#
# ## Read more
#
# - On Keras' pages: [layer weight regularizers](https://keras.io/api/layers/regularizers/), [the Normalization layer](https://keras.io/api/layers/preprocessing_layers/numerical/normalization/), [AdamW](https://keras.io/api/optimizers/adamw/)
# - A. E. Hoerl, R. W. Kennard (1970). Ridge regression: biased estimation for nonorthogonal problems. Technometrics 12, 55–67.
# - A. Krogh, J. A. Hertz (1991). A simple weight decay can improve generalization. NIPS 4, 950–957.
# - I. Loshchilov, F. Hutter (2019). Decoupled weight decay regularization. ICLR. [arXiv:1711.05101](https://arxiv.org/abs/1711.05101)
